"""Protocols: which images, with which tags, each method learns from and is judged by."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from labelsphere.annotations import Annotations, first_of_groups, part_rows
from labelsphere.arrays import IntArray
from labelsphere.errors import DataError, UsageError

_HELD_OUT = 0.1


@dataclass(frozen=True)
class Protocol:
    """The images of a comparison.

    Attributes:
        tags: The whole table; row numbers refer to it.
        train: Rows to train on, int64.
        val: Rows to choose learning rates and decoders on; one of each group.
        test: Rows to report on; one of each group.
        calibration: Annotations that label spaces and priors are computed from; one image of each
            group.
        notes: What a reader should know of how the rows were chosen.
        dropped: Number of images left out, by reason.
    """

    tags: Annotations
    train: IntArray
    val: IntArray
    test: IntArray
    calibration: Annotations
    notes: tuple[str, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)


def full(tags: Annotations, *, split: str = "split", group: str | None = None) -> Protocol:
    """All tags everywhere: spaces from the training images' tags, nothing hidden.

    Args:
        tags: A table whose column ``split`` names the sets: train, val and test. A missing
            validation set is drawn from the training images, a tenth of them. Without the column
            (and with the default name), both are drawn: a tenth each.
        split: Name of the column.
        group: Column whose equal values mark variants of one image. A group is never drawn into
            two sets, and one image of each stands for it where a set is scored or counted.

    Raises:
        UsageError: If the column is missing, or holds no training or no test images.
        DataError: If there are too few images to draw a set from.
    """
    groups = np.arange(tags.n_images) if group is None else tags.groups(group)
    notes: list[str] = []
    if split in tags.columns.columns:
        train = part_rows(tags, split, "train")
        val = part_rows(tags, split, "val", needed=False)
        test = part_rows(tags, split, "test")
    elif split == "split":
        train, test = _draw(np.arange(tags.n_images, dtype=np.int64), groups, seed=1)
        val = train[:0]
        notes.append("The table has no split: a tenth of the images was drawn for testing.")
    else:
        there = ", ".join(tags.columns.columns) or "none"
        raise UsageError(f"no column {split!r} in the tag table; its further columns: {there}")
    if not len(val):
        train, val = _draw(train, groups, seed=2)
        notes.append("A tenth of the training images was drawn for validation.")
    return Protocol(
        tags,
        train,
        first_of_groups(val, groups),
        first_of_groups(test, groups),
        tags.select(first_of_groups(train, groups)),
        tuple(notes),
    )


PROTOCOLS = {"full": full}


def _draw(rows: IntArray, groups: IntArray, seed: int) -> tuple[IntArray, IntArray]:
    """Split rows into nine tenths and a tenth by whole groups."""
    distinct = np.unique(groups[rows])
    if len(distinct) < 2:
        raise DataError(
            f"{len(rows)} images in {len(distinct)} groups are too few to hold some back; expected "
            "two groups or more, or a column that names the sets"
        )
    random = np.random.default_rng(seed)
    drawn = random.permutation(distinct)[: max(1, round(_HELD_OUT * len(distinct)))]
    chosen = np.isin(groups[rows], drawn)
    return rows[~chosen], rows[chosen]
