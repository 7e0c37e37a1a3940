"""Writers of Labelsphere's own tables."""

from pathlib import Path

from labelsphere.annotations.table_data import TableData
from labelsphere.annotations.table_file import write_table
from labelsphere.annotations.writers.base import WriteOptions
from labelsphere.errors import DataError


def write_csv_table(annotations: TableData, path: Path, options: WriteOptions) -> list[str]:
    """Write CSV.

    Raises:
        DataError: If CSV cannot hold a tag, a column or the name of an image.
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
    """Write Parquet, with the pictures stored in the table."""
    del options
    return write_table(annotations, path, ".parquet")
