"""Parts of a table read off a column."""

import numpy as np
import polars as pl
import pytest

from labelsphere.annotations import Annotations, first_of_groups, part_rows, split_column
from labelsphere.errors import UsageError


def table(**columns: list[str | None]) -> Annotations:
    length = len(next(iter(columns.values())))
    tags = Annotations.from_lists([["sea"]] * length)
    return Annotations(tags.image_ids, tags.vocabulary, tags.matrix, pl.DataFrame(columns))


def test_parts_go_by_several_names_in_any_case() -> None:
    tags = table(split=["train", "Validation", "TEST", " training ", None, "dev", "other"])
    assert part_rows(tags, "split", "train").tolist() == [0, 3]
    assert part_rows(tags, "split", "val").tolist() == [1, 5]
    assert part_rows(tags, "split", "test").tolist() == [2]
    assert part_rows(tags, "split", "test").dtype == np.int64


def test_a_part_without_images_is_refused_unless_it_may_be_missing() -> None:
    tags = table(split=["train", "holdout"])
    assert part_rows(tags, "split", "val", needed=False).tolist() == []
    with pytest.raises(UsageError, match=r"marks no val images; .* are: 'train', 'holdout'"):
        part_rows(tags, "split", "val")
    with pytest.raises(UsageError, match="part must be one of train, val, test"):
        part_rows(tags, "split", "dev")
    with pytest.raises(UsageError, match="no column 'fold'"):
        part_rows(tags, "fold", "train")


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
