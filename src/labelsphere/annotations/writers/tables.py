"""The tables that Labelsphere reads and writes itself."""

from pathlib import Path

from labelsphere.annotations.table_file import write_table
from labelsphere.annotations.table_parts import TableParts
from labelsphere.annotations.writers.base import WriteOptions


def write_csv(annotations: TableParts, path: Path, options: WriteOptions) -> list[str]:
    """Write CSV.

    Raises:
        DataError: If a tag or a column does not go into CSV.
    """
    del options
    return write_table(annotations, path, ".csv")


def write_jsonl(annotations: TableParts, path: Path, options: WriteOptions) -> list[str]:
    """Write JSON lines."""
    del options
    return write_table(annotations, path, ".jsonl")


def write_parquet(annotations: TableParts, path: Path, options: WriteOptions) -> list[str]:
    """Write Parquet, with the pictures that are stored in a table."""
    del options
    return write_table(annotations, path, ".parquet")
