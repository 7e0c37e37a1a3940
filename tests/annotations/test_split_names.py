import polars as pl
import pytest

from labelsphere.annotations.split_names import (
    marks,
    odd_split_values,
    recognised_split,
    split_values,
)


@pytest.mark.parametrize(
    ("columns", "found"),
    [
        (["image", "split"], "split"),
        (["Subset", "image"], "Subset"),
        (["SPLIT "], "SPLIT "),
        (["subset", "split"], "split"),
        (["is_valid"], "is_valid"),
        (["splits", "set"], None),
        ([], None),
    ],
)
def test_the_column_of_splits_is_recognised(columns: list[str], found: str | None) -> None:
    assert recognised_split(columns) == found


@pytest.mark.parametrize("values", [["True", "False", None], [True, False, None], ["1", "0", ""]])
def test_fastai_marks_what_is_for_validation(values: list[object]) -> None:
    column = pl.Series("is_valid", values)
    assert marks(column, "val").to_list() == [True, False, False]
    assert marks(column, "train").to_list() == [False, True, False]
    assert not marks(column, "test").any()
    assert split_values("is_valid", "test") == ()


def test_values_of_no_split_are_told() -> None:
    columns = pl.DataFrame({"Split": ["train", "trian", "Valid ", None, "", "trian", "holdout"]})
    assert odd_split_values(columns) == [
        "3 images are of no split: column 'Split' says 'trian', 'holdout', and train, val and test "
        "are known"
    ]
    assert odd_split_values(columns[:1]) == []
    assert odd_split_values(pl.DataFrame({"x": ["odd"]})) == []
