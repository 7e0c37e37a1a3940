"""Feature vectors from files: NumPy, SciPy and Parquet."""

import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from polars.exceptions import PolarsError
from scipy.sparse import csr_array, load_npz

from labelsphere.errors import DataError, UsageError


def read_matrix(path: str | Path, column: str | None = None) -> Any:
    """Read the matrix in a file, dense or CSR.

    Args:
        path: ``.npy`` (memory-mapped), ``.npz`` as ``scipy.sparse.save_npz`` writes it, or
            ``.parquet`` with a list or array column.
        column: The Parquet column; optional if only one holds lists of numbers.

    Raises:
        UsageError: If there is no such file or column, or the ending is unknown.
        DataError: If the file holds no feature vectors.
    """
    path = Path(path)
    if path.suffix not in _READERS:
        endings = ", ".join(_READERS)
        raise UsageError(f"features must be a {endings} file, but got {path}")
    if not path.is_file():
        raise UsageError(f"there is no file {path}; expected one with feature vectors")
    try:
        return _READERS[path.suffix](path, column)
    except (OSError, ValueError, EOFError, KeyError, zipfile.BadZipFile, PolarsError) as error:
        if isinstance(error, DataError | UsageError):
            raise
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        fix = _FIXES[path.suffix]
        raise DataError(f"{path} holds no feature vectors ({reason}): {fix}") from error


def _read_npy(path: Path, _: str | None) -> Any:
    return np.load(path, mmap_mode="r", allow_pickle=False)


def _read_npz(path: Path, _: str | None) -> Any:
    matrix: Any = csr_array(load_npz(path))
    # Without this check, indices out of range would read beyond the arrays.
    matrix.check_format(full_check=True)
    return matrix


def _read_parquet(path: Path, column: str | None) -> Any:
    schema = pl.read_parquet_schema(path)
    lists = [
        name
        for name, kind in schema.items()
        if isinstance(kind, pl.List | pl.Array) and kind.inner.is_numeric()
    ]
    if column is None and len(lists) == 1:
        column = lists[0]
    if column not in lists:
        given = "none was given" if column is None else f"got {column!r}"
        raise UsageError(
            f"{path} needs the name of a column with lists of numbers, but {given}; "
            f"such columns: {', '.join(lists) or 'none'}"
        )
    series = pl.read_parquet(path, columns=[column])[column]
    if isinstance(series.dtype, pl.Array):
        series = series.arr.to_list()
    widths = series.list.len().unique(maintain_order=True)
    if not len(series):
        raise DataError(f"{path} has no rows; expected one feature vector per row")
    if series.null_count() or len(widths) != 1:
        raise DataError(
            f"column {column!r} of {path} must hold lists of one length, but got lengths "
            f"{', '.join(str(width) for width in widths.head(5))}"
        )
    values = series.explode().cast(pl.Float32)
    if values.null_count():
        raise DataError(f"column {column!r} of {path} has {values.null_count()} empty numbers")
    return values.to_numpy().reshape(len(series), widths[0])


_READERS = {".npy": _read_npy, ".npz": _read_npz, ".parquet": _read_parquet}
_FIXES = {
    ".npy": "save a matrix with numpy.save, one row per image",
    ".npz": "save a sparse matrix with scipy.sparse.save_npz, or a dense one with numpy.save",
    ".parquet": "write a column of lists of numbers, one row per image",
}
