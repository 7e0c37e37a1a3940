"""Parquet: a column of lists of tags, and the pictures themselves if they are stored."""

from pathlib import Path

import polars as pl

from labelsphere.annotations.readers.frame import table_from_frame
from labelsphere.annotations.readers.raw import RawTable, ReadOptions
from labelsphere.errors import DataError


def read_parquet(path: Path, options: ReadOptions) -> RawTable:
    """Read a Parquet file; stored pictures stay encoded.

    Raises:
        DataError: If the file is no Parquet, or a column is missing or of the wrong type.
    """
    if not path.stat().st_size:
        raise DataError(f"{path} is empty; expected a Parquet file")
    try:
        frame = pl.read_parquet(path, glob=False)
    except (pl.exceptions.PolarsError, OSError) as error:
        what = str(error).partition("\n")[0]
        raise DataError(f"{path} cannot be read as Parquet: {what}") from error
    return table_from_frame(frame, options, path)
