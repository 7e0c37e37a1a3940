"""Writer of one-hot tables: one column per tag."""

from pathlib import Path

import numpy as np
import polars as pl

from labelsphere.annotations.table_data import TableData
from labelsphere.annotations.writers.base import WriteOptions
from labelsphere.errors import DataError

_IMAGE = "image"


def write_one_hot(annotations: TableData, path: Path, options: WriteOptions) -> list[str]:
    """Write CSV with 1 for a tag, 0 for a known absence, and empty cells for unknown ones.

    Raises:
        DataError: If a tag has the name of another column.
    """
    del options
    form = annotations.form
    image = form.image if form is not None and form.image is not None else _IMAGE
    others = [
        column
        for column in annotations.columns.iter_columns()
        if not column.dtype.is_nested() and column.dtype != pl.Binary
    ]
    taken = {image, *(column.name for column in others)}
    twice = next((name for name in annotations.vocabulary if name in taken), None)
    if twice is not None:
        raise DataError(
            f"the tag {twice!r} has the name of another column; rename one, or write another format"
        )
    there = annotations.matrix.tocsc()
    absent = None if annotations.absent is None else annotations.absent.tocsc()
    columns = []
    for number, name in enumerate(annotations.vocabulary):
        marks = np.full(annotations.n_images, -1, np.int8)
        marks[there.indices[there.indptr[number] : there.indptr[number + 1]]] = 1
        if absent is not None:
            marks[absent.indices[absent.indptr[number] : absent.indptr[number + 1]]] = 0
        series = pl.Series(name, marks)
        columns.append(series.set(series == -1, None))
    ids = pl.Series(image, list(annotations.image_ids), dtype=pl.String)
    pl.DataFrame([ids, *others, *columns]).write_csv(path)
    lost = annotations.columns.width - len(others)
    return [f"{lost} further columns of lists or bytes not written"] if lost else []
