import polars as pl
import pytest

from labelsphere.annotations.readers.kinds import kind_of


@pytest.mark.parametrize(
    ("dtype", "words"),
    [
        (pl.String(), "text"),
        (pl.Categorical(), "text"),
        (pl.Enum(["a"]), "text"),
        (pl.UInt8(), "whole numbers"),
        (pl.Int64(), "whole numbers"),
        (pl.Float32(), "numbers"),
        (pl.Decimal(6, 2), "numbers"),
        (pl.Boolean(), "true and false"),
        (pl.Binary(), "bytes"),
        (pl.Null(), "nothing"),
        (pl.Date(), "dates"),
        (pl.Datetime("ms", "UTC"), "dates and times"),
        (pl.Time(), "times"),
        (pl.Duration(), "spans of time"),
        (pl.List(pl.Int32()), "lists of whole numbers"),
        (pl.Array(pl.Float64(), 3), "lists of numbers"),
        (pl.List(pl.List(pl.String())), "lists of lists of text"),
        (pl.Struct({"a": pl.String(), "b": pl.Int8()}), "objects with a, b"),
    ],
)
def test_types_have_plain_words(dtype: pl.DataType, words: str) -> None:
    assert kind_of(dtype) == words
