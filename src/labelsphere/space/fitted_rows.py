"""Images that a label space is fitted to: those for training, one of each group."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array, issparse

from labelsphere.annotations import Annotations, first_of_groups, split_column, split_rows
from labelsphere.annotations.split_names import split_values
from labelsphere.annotations.splits import NO_SPLIT
from labelsphere.arrays import IntArray
from labelsphere.errors import UsageError
from labelsphere.space.cooccurrence import count_cooccurrence
from labelsphere.space.counts import Counts


@dataclass(frozen=True)
class FittedRows:
    """Rows of a table that are counted.

    Attributes:
        rows: Row numbers, int64, in the table's order.
        note: A sentence on which rows were chosen; empty where all are.
    """

    rows: IntArray
    note: str = ""


def choose_fitted_rows(
    tags: Annotations, split: str | None = None, group: str | None = None
) -> FittedRows:
    """Choose the rows for training, and of each group the first one.

    Args:
        tags: The table.
        split: Column whose ``train`` rows are taken. If None: the column that is recognised as the
            split, where the table has one and some row of it is for training; else all rows.
            ``"none"`` takes all rows.
        group: Column whose equal values mark variants of one image.

    Raises:
        UsageError: If there is no such column, or the one given marks no training image.

    Examples:
        >>> tags = Annotations.from_lists([["sea"], ["sky"]])
        >>> choose_fitted_rows(tags).rows.tolist()
        [0, 1]
    """
    rows, note = _training_rows(tags, split)
    groups = None if group is None else tags.groups(group)
    return FittedRows(first_of_groups(rows, groups), note)


def _training_rows(tags: Annotations, split: str | None) -> tuple[IntArray, str]:
    every = np.arange(tags.n_images, dtype=np.int64)
    column = None if split == NO_SPLIT else split_column(tags, split)
    if column is None:
        return every, ""
    rows = split_rows(tags, column, "train", needed=split is not None)
    if not len(rows):
        return every, f"no row of the column {column} is for training: all rows are counted"
    value = split_values(column, "train")[0]
    return rows, f"counting the {len(rows):,} of {tags.n_images:,} images whose {column} is {value}"


def select_fitted(
    tags: Annotations | Counts,
    options: Mapping[str, Any],
    *,
    split: str | None,
    group: str | None,
    weighted: bool,
) -> tuple[Annotations | Counts, Mapping[str, Any]]:
    """Select what a label space is fitted to, and the feature vectors of the same images.

    Args:
        tags: The table, or counts, which are taken as they are.
        options: An embedder's options. ``features`` has one row an image of the table.
        split: See `choose_fitted_rows`.
        group: See `choose_fitted_rows`.
        weighted: Whether an image counts by its tags' confidence.

    Returns:
        The images that are counted, or their counts where they are weighted, and the options.

    Raises:
        UsageError: If a column is missing, features and images differ in number, or an argument is
            about a table and counts are given.
    """
    chosen = dict(options)
    if isinstance(tags, Counts):
        given = {"split": split, "group": group, "weighted": weighted or None}
        for name, value in given.items():
            if value is not None:
                raise UsageError(
                    f"counts are of images that were chosen before, but got {name}={value!r}; "
                    "give it when the table is counted"
                )
        return tags, chosen
    rows = choose_fitted_rows(tags, split, group).rows
    if len(rows) < tags.n_images:
        if "features" in chosen:
            chosen["features"] = _rows_of(chosen["features"], rows, tags.n_images)
        tags = tags.select(rows)
    return (count_cooccurrence(tags, weighted=True) if weighted else tags), chosen


def _rows_of(features: Any, rows: IntArray, images: int) -> Any:
    sparse: bool = issparse(features)
    matrix: Any = csr_array(features) if sparse else np.asanyarray(features)
    if not matrix.ndim or matrix.shape[0] != images:
        raise UsageError(
            f"there are {matrix.shape[0] if matrix.ndim else 0} rows of features for {images} "
            "images; expected one an image, in the same order"
        )
    return matrix[rows]
