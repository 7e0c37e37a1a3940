"""Rows for training, validation and testing, and rows that are left out."""

from dataclasses import dataclass

import numpy as np

from labelsphere.annotations import Annotations, Split, first_of_groups, split_rows
from labelsphere.arrays import IntArray
from labelsphere.errors import DataError, UsageError
from labelsphere.tagger.inputs import Inputs, Progress
from labelsphere.tagger.trained_split import TrainedSplit

_EXAMPLES = 3


@dataclass(frozen=True)
class TrainingRows:
    """Usable rows, and numbers of rows that are left out.

    Attributes:
        train: Training rows, int64; all members of a group.
        val: Validation rows, int64; one of each group. May be empty.
        test: Test rows, int64; one of each group, also rows without a known tag. May be empty.
        without_known_tag: Number of training and validation rows left out because they have no
            known tag.
        unreadable: Number of rows left out because their input cannot be read.
        unreadable_examples: Names of the first few unreadable pictures, or their row numbers.
        without_target: Number of training rows left out because the objective has no target for
            them.
    """

    train: IntArray
    val: IntArray
    test: IntArray
    without_known_tag: int
    unreadable: int
    without_target: int = 0
    unreadable_examples: tuple[str, ...] = ()

    def left_out(self) -> list[tuple[int, str]]:
        """Return the numbers of rows left out, with reasons; reasons without rows are omitted."""
        reasons = [
            (self.without_known_tag, "no known tag"),
            (self.unreadable, "cannot be read"),
            (self.without_target, "no tag with an embedding in the label space"),
        ]
        return [(count, why) for count, why in reasons if count]


def choose_training_rows(
    tags: Annotations,
    inputs: Inputs,
    *,
    split: Split,
    group: str | None = None,
    progress: Progress | None = None,
) -> TrainingRows:
    """Choose the rows of a training: readable rows of a split with a known tag.

    Args:
        tags: Annotations over the labels to learn.
        inputs: Images or feature vectors, one per row of ``tags``.
        split: Rows for training, validation and testing.
        group: Column whose equal values mark variants of one image.
        progress: Called with the number of checked inputs and of all.

    Returns:
        The rows.

    Raises:
        UsageError: If there is no such column.
        DataError: If no training image is left.
    """
    tagged = np.diff(tags.matrix.indptr) > 0
    known, known_val = split.train[tagged[split.train]], split.val[tagged[split.val]]
    n_val = len(known) + len(known_val)
    every = np.concatenate([known, known_val, split.test])
    usable = inputs.usable(every, progress=progress)
    chosen, chosen_val = known[usable[: len(known)]], known_val[usable[len(known) : n_val]]
    chosen_test = split.test[usable[n_val:]]
    if not len(chosen):
        raise DataError(
            f"none of {len(split.train):,} images can be trained on: {len(known):,} have a known "
            f"tag, and none of those can be read{_such_as(tags, known)}; check the pictures' "
            "folder and the labels"
        )
    groups = None if group is None else tags.groups(group)
    return TrainingRows(
        chosen,
        first_of_groups(chosen_val, groups),
        first_of_groups(chosen_test, groups),
        without_known_tag=len(split.train) + len(split.val) - n_val,
        unreadable=len(every) - int(usable.sum()),
        unreadable_examples=tuple(_name(tags, row) for row in every[~usable][:_EXAMPLES].tolist()),
    )


def _such_as(tags: Annotations, rows: IntArray) -> str:
    return f", such as {_name(tags, int(rows[0]))}" if len(rows) else ""


def _name(tags: Annotations, row: int) -> str:
    return f"row {row}" if tags.pictures is None else tags.pictures.name(row)


def choose_scored_rows(
    tags: Annotations,
    inputs: Inputs,
    *,
    split: TrainedSplit | str | None = None,
    part: str | None = None,
    group: str | None = None,
    progress: Progress | None = None,
) -> tuple[IntArray, int]:
    """Choose the rows that a tagger is measured on: those of a part that can be read.

    Images without a known tag stay: every tag that is given to them is wrong.

    Args:
        tags: Annotations over the tagger's labels.
        inputs: Images or feature vectors, one per row of ``tags``.
        split: Column that names the parts, or the split that the tagger's training made; see
            `labelsphere.tagger.trained_split.scored_split`. If None, all images are scored.
        part: ``"train"``, ``"val"`` or ``"test"``, or None for all images.
        group: Column whose equal values mark variants of one image: the first that can be read
            is scored.
        progress: Called with the number of checked inputs and of all.

    Returns:
        Row numbers, int64, and how many rows are left out because they cannot be read.

    Raises:
        UsageError: If a column is missing or marks no such image, or a part is given without one.
        DataError: If no image can be read.
    """
    rows = np.arange(tags.n_images, dtype=np.int64)
    if part is not None:
        if split is None:
            raise UsageError(f"the table has no split column that marks {part} images; name one")
        if isinstance(split, TrainedSplit):
            rows = split.rows(tags, part)
        else:
            rows = split_rows(tags, split, part)
    usable = inputs.usable(rows, progress=progress)
    if not usable.any():
        raise DataError(
            f"none of {len(rows):,} images can be read{_such_as(tags, rows)}; check the pictures' "
            "folder"
        )
    groups = None if group is None else tags.groups(group)
    return first_of_groups(rows[usable], groups), len(rows) - int(usable.sum())
