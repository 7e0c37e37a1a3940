"""Parts of a table read off a column."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.annotations import (
    Annotations,
    find_split,
    first_of_groups,
    split_column,
    split_rows,
)
from labelsphere.errors import UsageError


def table(**columns: list[str | None]) -> Annotations:
    length = len(next(iter(columns.values())))
    tags = Annotations.from_lists([["sea"]] * length)
    return Annotations(tags.image_ids, tags.vocabulary, tags.matrix, pl.DataFrame(columns))


def test_parts_go_by_several_names_in_any_case() -> None:
    tags = table(split=["train", "Validation", "TEST", " training ", None, "dev", "other"])
    assert split_rows(tags, "split", "train").tolist() == [0, 3]
    assert split_rows(tags, "split", "val").tolist() == [1, 5]
    assert split_rows(tags, "split", "test").tolist() == [2]
    assert split_rows(tags, "split", "test").dtype == np.int64


def test_a_part_without_images_is_refused_unless_it_may_be_missing() -> None:
    tags = table(split=["train", "holdout"])
    assert split_rows(tags, "split", "val", needed=False).tolist() == []
    with pytest.raises(UsageError, match=r"marks no val images; .* are: 'train', 'holdout'"):
        split_rows(tags, "split", "val")
    with pytest.raises(UsageError, match=r"unknown split .dev.; expected one of train, val, test"):
        split_rows(tags, "split", "dev")
    with pytest.raises(UsageError, match="no column 'fold'"):
        split_rows(tags, "fold", "train")


def test_the_column_is_the_one_named_else_split() -> None:
    assert split_column(table(split=["train"], fold=["test"])) == "split"
    assert split_column(table(split=["train"], fold=["test"]), "fold") == "fold"
    assert split_column(table(fold=["test"])) is None
    with pytest.raises(UsageError, match="no column 'set'"):
        split_column(table(fold=["test"]), "set")


def test_the_first_row_of_each_group_in_the_order_of_rows() -> None:
    groups = np.array([5, 5, 2, 2, 9, 5])
    assert first_of_groups(np.array([1, 2, 3, 5, 4]), groups).tolist() == [1, 2, 4]
    assert first_of_groups(np.array([3, 1]), None).tolist() == [3, 1]


def test_a_tables_own_split_is_taken() -> None:
    split = find_split(table(split=["test", "train", "val", "train"]))
    assert [split.train.tolist(), split.val.tolist(), split.test.tolist()] == [[1, 3], [2], [0]]
    assert split.source == "column 'split'"


def test_a_split_without_val_rows_gives_up_some_of_its_train_rows() -> None:
    split = find_split(table(fold=["train"] * 50 + ["test"] * 9), "fold", seed=1)
    assert split.test.tolist() == list(range(50, 59))
    assert sorted([*split.train, *split.val]) == list(range(50))
    assert len(split.val) == 5
    assert split.source == "column 'fold'; it has no val rows, so 10 % of its train rows validate"


def test_small_tables_and_those_asked_for_are_not_divided() -> None:
    few = find_split(table(number=["1"] * 19))
    assert (len(few.train), len(few.val), len(few.test)) == (19, 0, 0)
    assert "too few" in few.source
    whole = find_split(table(split=["test"] * 40), "none")
    assert (len(whole.train), len(whole.val), len(whole.test)) == (40, 0, 0)


@given(names=st.lists(st.integers(0, 60), min_size=1, max_size=200), seed=st.integers(0, 1 << 31))
def test_every_row_is_in_one_part_and_no_group_in_two(names: list[int], seed: int) -> None:
    tags = table(series=[str(name) for name in names])
    split = find_split(tags, group="series", seed=seed)
    parts = [split.train, split.val, split.test]
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(names)))
    in_parts = [{names[row] for row in part} for part in parts]
    assert sum(map(len, in_parts)) == len(set(names))
    again = find_split(tags, group="series", seed=seed)
    assert again.val.tolist() == split.val.tolist()
    if len(set(names)) >= 20:
        assert all(in_parts)
        assert abs(len(in_parts[1]) - len(set(names)) / 10) <= 1
