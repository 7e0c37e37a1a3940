from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from labelsphere.annotations import Annotations
from labelsphere.comparison.protocols import full
from labelsphere.errors import DataError, UsageError


def tagged(images: int, **columns: Sequence[Any]) -> Annotations:
    tags = Annotations.from_lists([[f"tag {i % 7}", f"tag {i % 3}"] for i in range(images)])
    return replace(tags, columns=pl.DataFrame(columns))


def test_a_split_column_is_taken_as_it_is() -> None:
    split = ["test", "Training", "VALID", "train", "dev", "testing", "unused"]
    protocol = full(tagged(7, split=split))
    assert protocol.train.tolist() == [1, 3]
    assert protocol.val.tolist() == [2, 4]
    assert protocol.test.tolist() == [0, 5]
    assert protocol.calibration.image_ids == ["1", "3"]
    assert protocol.counted is protocol.calibration
    assert protocol.learned is protocol.tags.matrix
    assert protocol.notes == ()
    assert protocol.train.dtype == protocol.val.dtype == protocol.test.dtype == np.int64


def test_another_column_can_be_named() -> None:
    protocol = full(tagged(3, split=["test"] * 3, strict=["train", "val", "test"]), split="strict")
    assert [rows.tolist() for rows in (protocol.train, protocol.val, protocol.test)] == [
        [0],
        [1],
        [2],
    ]


def test_a_missing_validation_set_is_a_tenth_of_training() -> None:
    protocol = full(tagged(220, split=["train"] * 200 + ["test"] * 20))
    assert len(protocol.val) == 20
    assert sorted([*protocol.train, *protocol.val]) == list(range(200))
    assert protocol.test.tolist() == list(range(200, 220))
    assert len(protocol.calibration.image_ids) == 180
    assert "validation" in protocol.notes[0]
    again = full(tagged(220, split=["train"] * 200 + ["test"] * 20))
    np.testing.assert_array_equal(again.val, protocol.val)


@pytest.mark.parametrize("group", [None, "base"])
def test_without_a_split_both_sets_are_drawn_by_whole_groups(group: str | None) -> None:
    base = np.random.default_rng(0).integers(0, 100, 300)
    protocol = full(tagged(300, base=base), group=group)
    groups = np.arange(300) if group is None else base
    parts = [set(groups[rows]) for rows in (protocol.train, protocol.val, protocol.test)]
    assert not parts[0] & parts[1]
    assert not parts[0] & parts[2]
    assert not parts[1] & parts[2]
    assert set.union(*parts) == set(groups)
    distinct = len(set(groups))
    assert len(parts[2]) == round(0.1 * distinct)
    assert len(parts[1]) == round(0.1 * (distinct - len(parts[2])))
    assert len(protocol.notes) == 2


def test_groups_are_trained_on_whole_and_judged_by_one() -> None:
    base = [0, 0, 1, 1, 1, 2, 2, 3, 3, 3]
    split = ["train"] * 5 + ["val"] * 2 + ["test"] * 3
    protocol = full(tagged(10, base=base, split=split), group="base")
    assert protocol.train.tolist() == [0, 1, 2, 3, 4]
    assert protocol.val.tolist() == [5]
    assert protocol.test.tolist() == [7]
    assert protocol.calibration.image_ids == ["0", "2"]


def test_a_missing_column_is_named_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"no column 'part' in the tag table; .* split, base"):
        full(tagged(2, split=["train", "test"], base=[1, 2]), split="part")
    with pytest.raises(UsageError, match="no column 'base'"):
        full(tagged(2, split=["train", "test"]), group="base")


@pytest.mark.parametrize(("missing", "there"), [("train", "test"), ("test", "train")])
def test_a_split_without_training_or_test_images_is_refused(missing: str, there: str) -> None:
    with pytest.raises(UsageError, match=f"'split' marks no {missing} images; .*'{there}'"):
        full(tagged(3, split=[there, there, "val"]))


@pytest.mark.parametrize("images", [1, 2])
def test_too_few_images_to_draw_from_are_refused(images: int) -> None:
    with pytest.raises(DataError, match="too few to hold some back"):
        full(tagged(images))
