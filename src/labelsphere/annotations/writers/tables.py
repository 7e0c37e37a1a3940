"""The tables that Labelsphere reads and writes itself."""

from pathlib import Path

from labelsphere.annotations.table_data import TableData
from labelsphere.annotations.table_file import write_table
from labelsphere.annotations.writers.base import WriteOptions
from labelsphere.errors import DataError


def write_csv_table(annotations: TableData, path: Path, options: WriteOptions) -> list[str]:
    """Write CSV.

    Raises:
        DataError: If a tag, a column or the name of an image does not go into CSV.
    """
    del options
    blank = next((name for name in annotations.image_ids if name != name.strip()), None)
    if blank is not None:
        raise DataError(
            f"the image name {blank!r} begins or ends with a blank, which a line of CSV does not "
            "keep; rename the file"
        )
    return write_table(annotations, path, ".csv")


def write_jsonl_table(annotations: TableData, path: Path, options: WriteOptions) -> list[str]:
    """Write JSON lines."""
    del options
    return write_table(annotations, path, ".jsonl")


def write_parquet_table(annotations: TableData, path: Path, options: WriteOptions) -> list[str]:
    """Write Parquet, with the pictures that are stored in a table."""
    del options
    return write_table(annotations, path, ".parquet")
