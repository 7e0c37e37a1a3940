"""Full: all tags everywhere."""

import numpy as np

from labelsphere.annotations import Annotations, first_of_groups, split_rows
from labelsphere.arrays import IntArray
from labelsphere.comparison.protocols.base import Protocol, drawn_groups, group_numbers
from labelsphere.errors import UsageError

_HELD_OUT = 0.1


def full(tags: Annotations, *, split: str = "split", group: str | None = None) -> Protocol:
    """Protocol with all tags: spaces are fitted to the training images, no tag is hidden.

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
    groups = group_numbers(tags, group)
    notes: list[str] = []
    if split in tags.columns.columns:
        train = split_rows(tags, split, "train")
        val = split_rows(tags, split, "val", needed=False)
        test = split_rows(tags, split, "test")
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
    counted = tags.select(first_of_groups(train, groups))
    return Protocol(
        tags,
        tags.matrix,
        train,
        first_of_groups(val, groups),
        first_of_groups(test, groups),
        calibration=counted,
        counted=counted,
        notes=tuple(notes),
    )


def _draw(rows: IntArray, groups: IntArray, seed: int) -> tuple[IntArray, IntArray]:
    """Split rows into nine tenths and a tenth by whole groups."""
    chosen = np.isin(groups[rows], drawn_groups(rows, groups, _HELD_OUT, seed))
    return rows[~chosen], rows[chosen]
