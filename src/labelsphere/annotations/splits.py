"""Which images are for training, validation and testing: read off a column of the table."""

import numpy as np
import polars as pl

from labelsphere.annotations.split_names import (
    PARTS,
    SPLIT_NAMES,
    marks,
    recognised_split,
    split_values,
)
from labelsphere.annotations.table import Annotations
from labelsphere.arrays import IntArray
from labelsphere.errors import UsageError

SPLIT_COLUMN = SPLIT_NAMES[0]
"""The name of the column that is looked at first where none is named."""


def split_column(tags: Annotations, given: str | None = None) -> str | None:
    """The column that names the parts: the one given, else the first of `SPLIT_NAMES` there is.

    Raises:
        UsageError: If a column is given that the table does not have.
    """
    if given is not None:
        return tags.column(given).name
    return recognised_split(tags.columns.columns)


def part_rows(tags: Annotations, column: str, part: str, *, needed: bool = True) -> IntArray:
    """The rows of one part, int64, in the table's order.

    Args:
        tags: The annotations.
        column: The column that names the parts.
        part: ``"train"``, ``"val"`` or ``"test"``.
        needed: Whether to refuse a column that marks no such image.

    Raises:
        UsageError: If there is no such column or part, or no row and rows are needed.

    Examples:
        >>> tags = Annotations.from_lists([["sea"], ["sky"], ["sea"]])
        >>> columns = pl.DataFrame({"split": ["train", "test", "Training"]})
        >>> part_rows(Annotations(tags.image_ids, tags.vocabulary, tags.matrix, columns),
        ...           "split", "train").tolist()
        [0, 2]
    """
    if part not in PARTS:
        raise UsageError(f"part must be one of {', '.join(PARTS)}, but got {part!r}")
    values = tags.column(column)
    rows = np.flatnonzero(marks(values, part).to_numpy()).astype(np.int64)
    if needed and not len(rows):
        shown = values.cast(pl.String).unique(maintain_order=True)[:6]
        there = ", ".join(repr(value) for value in shown)
        expected = ", ".join(split_values(column, part)) or "another column for them"
        raise UsageError(
            f"column {column!r} marks no {part} images; expected one of {expected}, but its values "
            f"are: {there}"
        )
    return rows


def first_of_groups(rows: IntArray, groups: IntArray | None) -> IntArray:
    """Of some rows the first of each group, in their order; all where there are no groups.

    Args:
        rows: Row numbers, (b,).
        groups: Group of each row of the table, (images,), or None.
    """
    if groups is None:
        return rows
    _, first = np.unique(groups[rows], return_index=True)
    return rows[np.sort(first)]
