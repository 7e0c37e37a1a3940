"""Splits into training, validation and test images, by a column of the table or at random."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import polars as pl

from labelsphere.annotations.readers.columns import SPLIT_NAMES
from labelsphere.annotations.split_names import (
    SPLITS,
    marks,
    recognised_split,
    split_values,
)
from labelsphere.annotations.table import Annotations
from labelsphere.arrays import IntArray
from labelsphere.errors import UsageError

SPLIT_COLUMN = SPLIT_NAMES[0]
"""The name of the column that is looked at first where none is named."""

NO_SPLIT = "none"
"""Given in place of a column, it asks for a training on all rows."""

_FEWEST_GROUPS = 20


def split_column(tags: Annotations, given: str | None = None) -> str | None:
    """The column that names the split: the one given, else the first of `SPLIT_NAMES` there is.

    Raises:
        UsageError: If a column is given that the table does not have.
    """
    if given is not None:
        return tags.column(given).name
    return recognised_split(tags.columns.columns)


def split_rows(tags: Annotations, column: str, split: str, *, needed: bool = True) -> IntArray:
    """Rows of one split, int64, in the table's order.

    Args:
        tags: The annotations.
        column: The column that names the split.
        split: ``"train"``, ``"val"`` or ``"test"``.
        needed: Whether a column that marks no such image is an error.

    Raises:
        UsageError: If there is no such column or split, or no row and rows are needed.

    Examples:
        >>> tags = Annotations.from_lists([["sea"], ["sky"], ["sea"]])
        >>> columns = pl.DataFrame({"split": ["train", "test", "Training"]})
        >>> split_rows(Annotations(tags.image_ids, tags.vocabulary, tags.matrix, columns),
        ...           "split", "train").tolist()
        [0, 2]
    """
    if split not in SPLITS:
        raise UsageError(f"unknown split {split!r}; expected one of {', '.join(SPLITS)}")
    values = tags.column(column)
    rows = np.flatnonzero(marks(values, split).to_numpy()).astype(np.int64)
    if needed and not len(rows):
        shown = values.cast(pl.String).unique(maintain_order=True)[:6]
        there = ", ".join(repr(value) for value in shown)
        expected = ", ".join(split_values(column, split)) or "another column for them"
        raise UsageError(
            f"column {column!r} marks no {split} images; expected one of {expected}, but its "
            f"values are: {there}"
        )
    return rows


def first_of_groups(rows: IntArray, groups: IntArray | None) -> IntArray:
    """The first row of each group, in the given order; all rows if there are no groups.

    Args:
        rows: Row numbers, (b,).
        groups: Group of each row of the table, (images,), or None.
    """
    if groups is None:
        return rows
    _, first = np.unique(groups[rows], return_index=True)
    return rows[np.sort(first)]


@dataclass(frozen=True)
class Split:
    """Rows for training, validation and testing.

    Attributes:
        train: Row numbers, int64.
        val: Row numbers, int64; empty where there are none.
        test: Row numbers, int64; empty where there are none.
        source: One phrase on where the split is from.
        made: Whether rows were divided at random, so that no column of the table says it all.
    """

    train: IntArray
    val: IntArray
    test: IntArray
    source: str
    made: bool = False


def find_split(
    tags: Annotations, column: str | None = None, *, group: str | None = None, seed: int = 0
) -> Split:
    """Use the table's own split, or make one at random.

    A table without a split column is divided into 80 % train, 10 % val and 10 % test. A split
    column without val rows gives up 10 % of its training rows for validation, its test rows stay.
    Below 20 images (or groups) all are trained on.

    Args:
        tags: The annotations.
        column: Column of the split; ``split`` where the table has it. ``"none"`` trains on all
            rows.
        group: Column whose equal values mark variants of one image: a group is never divided.
        seed: Equal seeds divide a table alike.

    Raises:
        UsageError: If there is no such column, or it marks no training image.

    Examples:
        >>> tags = Annotations.from_lists([["sea"], ["sky"]] * 50)
        >>> split = find_split(tags)
        >>> len(split.train), len(split.val), len(split.test), split.source
        (80, 10, 10, 'made at random with seed 0: 80 % train, 10 % val, 10 % test')
    """
    rows = np.arange(tags.n_images, dtype=np.int64)
    groups = rows if group is None else tags.groups(group)
    kept_whole = "" if group is None else f", groups of {group!r} kept whole"
    named = None if column == NO_SPLIT else split_column(tags, column)
    if column == NO_SPLIT:
        return Split(rows, rows[:0], rows[:0], "all rows are trained on, as asked")
    if named is not None:
        train = split_rows(tags, named, "train")
        val, test = (split_rows(tags, named, name, needed=False) for name in ("val", "test"))
        source = f"column {named!r}"
        made = False
        if not len(val):
            train, val = _divide(train, groups, seed, (0.1,))
            made = len(val) > 0
            if made:
                source += f"; it has no val rows, so 10 % of its train rows validate{kept_whole}"
        return Split(train, val, test, source, made)
    train, val, test = _divide(rows, groups, seed, (0.1, 0.1))
    if not len(val):
        source = f"all rows are trained on: fewer than {_FEWEST_GROUPS} are too few to divide"
    else:
        source = f"made at random with seed {seed}: 80 % train, 10 % val, 10 % test{kept_whole}"
    return Split(train, val, test, source, made=len(val) > 0)


def _divide(
    rows: IntArray, groups: IntArray, seed: int, shares: tuple[float, ...]
) -> list[IntArray]:
    """What remains of the rows, then a share of the groups each; no shares of very few groups."""
    present = np.unique(groups[rows])
    if len(present) < _FEWEST_GROUPS:
        return [rows, *(rows[:0] for _ in shares)]
    shuffled = np.random.default_rng(seed).permutation(present)
    ends = np.cumsum([0, *(max(1, round(share * len(present))) for share in shares)])
    taken = [
        rows[np.isin(groups[rows], shuffled[start:end])] for start, end in pairwise(ends.tolist())
    ]
    return [rows[np.isin(groups[rows], shuffled[ends[-1] :])], *taken]
