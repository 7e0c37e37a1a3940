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
"""Default name of the split column."""

NO_SPLIT = "none"
"""Given instead of a column to train on all rows."""

_FEWEST_GROUPS = 20


def split_column(tags: Annotations, given: str | None = None) -> str | None:
    """Return the split column: the given one, else the first of `SPLIT_NAMES`.

    Raises:
        UsageError: If the table lacks the given column.
    """
    if given is not None:
        return tags.column(given).name
    return recognised_split(tags.columns.columns)


def split_rows(tags: Annotations, column: str, split: str, *, needed: bool = True) -> IntArray:
    """Return the rows of one split, int64, in the table's order.

    Args:
        tags: The annotations.
        column: The split column.
        split: ``"train"``, ``"val"`` or ``"test"``.
        needed: Whether an empty split is an error.

    Raises:
        UsageError: If there is no such column or split, or the split is needed and empty.

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
    """Return the first row of each group, in the given order; all rows without groups.

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
        val: Row numbers, int64; may be empty.
        test: Row numbers, int64; may be empty.
        source: Origin of the split, in a phrase.
        made: Whether rows were split at random, not by a column of the table.
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

    A table without a split column is split into 80 % train, 10 % val and 10 % test. If a split
    column has no val rows, 10 % of its training rows are used for validation. With fewer than 20
    images (or groups), all are used for training.

    Args:
        tags: The annotations.
        column: Split column. Default: ``split``, if the table has it. ``"none"`` trains on all
            rows.
        group: Column whose equal values mark variants of one image: a split never divides a group.
        seed: Random seed of the split.

    Raises:
        UsageError: If there is no such column, or it has no training image.

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
    """Split off random shares of the groups; returns the remaining rows first."""
    present = np.unique(groups[rows])
    if len(present) < _FEWEST_GROUPS:
        return [rows, *(rows[:0] for _ in shares)]
    shuffled = np.random.default_rng(seed).permutation(present)
    ends = np.cumsum([0, *(max(1, round(share * len(present))) for share in shares)])
    taken = [
        rows[np.isin(groups[rows], shuffled[start:end])] for start, end in pairwise(ends.tolist())
    ]
    return [rows[np.isin(groups[rows], shuffled[ends[-1] :])], *taken]
