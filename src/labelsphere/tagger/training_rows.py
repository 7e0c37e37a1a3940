"""Which rows of a table a tagger is trained and validated on, and what is left out."""

from dataclasses import dataclass

import numpy as np

from labelsphere.annotations import Annotations, first_of_groups, part_rows
from labelsphere.arrays import BoolArray, IntArray
from labelsphere.errors import DataError
from labelsphere.tagger.inputs import Inputs, Progress


@dataclass(frozen=True)
class TrainingRows:
    """Rows that can be used.

    Attributes:
        train: Rows to train on, int64; all members of a group.
        val: Rows to validate on, int64; one of each group. Empty where there are none.
        without_known_tag: Rows of both left out because no tag of theirs is known.
        unreadable: Rows of both left out because their input cannot be read.
    """

    train: IntArray
    val: IntArray
    without_known_tag: int
    unreadable: int


def choose_training_rows(
    tags: Annotations,
    inputs: Inputs,
    *,
    split: str | None = None,
    group: str | None = None,
    placed: BoolArray | None = None,
    progress: Progress | None = None,
) -> TrainingRows:
    """Choose the rows of a training: those of its part that can be read and have a known tag.

    Args:
        tags: Annotations over the labels to be learned.
        inputs: Images or feature vectors, one a row of ``tags``.
        split: Column that names training and validation images; if None, all are trained on.
        group: Column whose equal values mark variants of one image.
        placed: (labels,) bool, the labels that have a place in the label space: a training image
            needs one of them. None where every label can be learned from.
        progress: Told how many inputs have been looked at.

    Returns:
        The rows and what was left out.

    Raises:
        UsageError: If a column is missing, or marks no training image.
        DataError: If no training image is left.
    """
    train = np.arange(tags.n_images, dtype=np.int64)
    val = train[:0]
    if split is not None:
        train = part_rows(tags, split, "train")
        val = part_rows(tags, split, "val", needed=False)
    everywhere = np.ones(tags.n_labels, np.bool_)
    known = train[_has_label(tags, train, everywhere if placed is None else placed)]
    known_val = val[_has_label(tags, val, everywhere)]
    both = np.concatenate([known, known_val])
    usable = inputs.usable(both, progress=progress)
    chosen, chosen_val = known[usable[: len(known)]], known_val[usable[len(known) :]]
    if not len(chosen):
        raise DataError(
            f"none of {len(train):,} images can be trained on: {len(known):,} have a known tag, "
            "and none of those can be read; check the pictures' folder and the labels"
        )
    groups = None if group is None else tags.groups(group)
    return TrainingRows(
        chosen,
        first_of_groups(chosen_val, groups),
        without_known_tag=len(train) + len(val) - len(both),
        unreadable=len(both) - int(usable.sum()),
    )


def _has_label(tags: Annotations, rows: IntArray, labels: BoolArray) -> BoolArray:
    """Which of some rows have at least one of some labels."""
    matrix = tags.matrix[rows]
    image = np.repeat(np.arange(len(rows)), np.diff(matrix.indptr))
    found = np.bincount(image[labels[matrix.indices]], minlength=len(rows))
    has: BoolArray = found > 0
    return has
