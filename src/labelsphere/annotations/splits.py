"""Which images are for training, validation and testing: read off a column of the table."""

import numpy as np
import polars as pl

from labelsphere.annotations.table import Annotations
from labelsphere.arrays import IntArray
from labelsphere.errors import UsageError

SPLIT_COLUMN = "split"
"""The column that is looked at where none is named."""

PARTS = {
    "train": ("train", "training"),
    "val": ("val", "valid", "validation", "dev"),
    "test": ("test", "testing"),
}
"""What each part may be called in the column, whatever the case."""


def split_column(tags: Annotations, given: str | None = None) -> str | None:
    """The column that names the parts: the one given, else ``split`` where there is one.

    Raises:
        UsageError: If a column is given that the table does not have.
    """
    if given is not None:
        return tags.column(given).name
    return SPLIT_COLUMN if SPLIT_COLUMN in tags.columns.columns else None


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
    values = tags.column(column).cast(pl.String)
    called = values.str.strip_chars().str.to_lowercase().is_in(PARTS[part]).fill_null(value=False)
    rows = np.flatnonzero(called.to_numpy()).astype(np.int64)
    if needed and not len(rows):
        there = ", ".join(repr(value) for value in values.unique(maintain_order=True)[:6])
        raise UsageError(
            f"column {column!r} marks no {part} images; expected one of "
            f"{', '.join(PARTS[part])}, but its values are: {there}"
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
