"""Rows of a training and of a measurement, against loops over the table."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from labelsphere.annotations import Annotations, find_split
from labelsphere.arrays import BoolArray, IntArray
from labelsphere.errors import DataError, UsageError
from labelsphere.tagger.inputs import FeatureInputs, Inputs, Progress
from labelsphere.tagger.training_rows import choose_scored_rows, choose_training_rows

SPLIT = ["train", "train", "val", "train", "test", "val", "train", "val", "train", "test"]
GROUP = ["a", "a", "b", "c", "d", "b", "e", "b", "e", "d"]
TAGS = [["x"], [], ["x"], ["y"], ["y"], ["x"], ["x", "y"], ["x"], ["y"], []]


class Torn(FeatureInputs):
    """Vectors some of which cannot be used."""

    broken: tuple[int, ...]

    def usable(
        self, rows: IntArray | None = None, *, progress: Progress | None = None
    ) -> BoolArray:
        chosen = np.arange(len(self)) if rows is None else rows
        if progress is not None:
            progress(len(chosen), len(chosen))
        return ~np.isin(chosen, self.broken)


def table(broken: tuple[int, ...] = (2, 3, 4)) -> tuple[Annotations, Inputs]:
    tags = Annotations.from_lists(TAGS)
    columns = pl.DataFrame({"split": SPLIT, "group": GROUP})
    inputs = Torn(np.ones((10, 2)))
    inputs.broken = broken
    return replace(tags, columns=columns), inputs


def test_training_and_validation_rows_have_a_tag_and_can_be_read() -> None:
    tags, inputs = table()
    seen: list[tuple[int, int]] = []
    rows = choose_training_rows(
        tags,
        inputs,
        split=find_split(tags),
        progress=lambda done, total: seen.append((done, total)),
    )
    assert rows.train.tolist() == [0, 6, 8]
    assert rows.val.tolist() == [5, 7]
    # A test row needs no tag: every tag that is given to it is wrong.
    assert rows.test.tolist() == [9]
    assert (rows.without_known_tag, rows.unreadable) == (1, 3)
    assert rows.left_out() == [(1, "no known tag"), (3, "cannot be read")]
    assert seen == [(9, 9)]


def test_one_of_a_group_validates_and_all_of_it_trains() -> None:
    tags, inputs = table()
    rows = choose_training_rows(tags, inputs, split=find_split(tags), group="group")
    assert rows.train.tolist() == [0, 6, 8]
    assert rows.val.tolist() == [5]


def test_without_a_split_all_rows_train() -> None:
    tags, inputs = table()
    rows = choose_training_rows(tags, inputs, split=find_split(tags, "none"))
    assert rows.train.tolist() == [0, 5, 6, 7, 8]
    assert rows.val.tolist() == rows.test.tolist() == []


def test_nothing_to_train_on_is_refused() -> None:
    tags, inputs = table()
    inputs.broken = tuple(range(10))
    with pytest.raises(DataError, match="none of 5 images can be trained on: 4 have a known tag"):
        choose_training_rows(tags, inputs, split=find_split(tags))


def test_scored_rows_need_no_tag_but_must_be_readable() -> None:
    tags, inputs = table()
    rows, unreadable = choose_scored_rows(tags, inputs, split="split", part="test")
    assert (rows.tolist(), unreadable) == ([9], 1)
    rows, unreadable = choose_scored_rows(tags, inputs, group="group")
    # Of each group the first that can be read.
    assert (rows.tolist(), unreadable) == ([0, 5, 6, 9], 3)


def test_scored_rows_that_cannot_be_chosen_are_refused() -> None:
    tags, inputs = table()
    with pytest.raises(UsageError, match="no split column that marks val images"):
        choose_scored_rows(tags, inputs, part="val")
    tags, inputs = table(broken=(4, 9))
    with pytest.raises(DataError, match="none of 2 images can be read"):
        choose_scored_rows(tags, inputs, split="split", part="test")
