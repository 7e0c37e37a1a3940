"""Names of the split column and of its values."""

from collections.abc import Sequence

import polars as pl

from labelsphere.annotations.readers.columns import SPLIT_NAMES, plain_name, recognise
from labelsphere.annotations.report import number_of

SPLITS = {
    "train": ("train", "training"),
    "val": ("val", "valid", "validation", "dev"),
    "test": ("test", "testing"),
}
"""Names of each split in the column, in any case."""

_VALIDITY = {"train": ("false", "0"), "val": ("true", "1"), "test": ()}
"""Values of fastai's column ``is_valid``."""

_MOST_SHOWN = 5


def recognised_split(columns: Sequence[str]) -> str | None:
    """Return the split column among some columns, or None."""
    return recognise(columns, SPLIT_NAMES)


def split_values(column: str, split: str) -> tuple[str, ...]:
    """Return the names of a split in a column, in lower case."""
    return (_VALIDITY if plain_name(column) == "is_valid" else SPLITS)[split]


def marks(column: pl.Series, split: str) -> pl.Series:
    """Return a Boolean series: whether each row belongs to a split."""
    values = column.cast(pl.String).str.strip_chars().str.to_lowercase()
    return values.is_in(split_values(column.name, split)).fill_null(value=False)


def odd_split_values(columns: pl.DataFrame) -> list[str]:
    """Return a note on values of the split column that are not a split, if there are any."""
    name = recognised_split(columns.columns)
    if name is None:
        return []
    values = columns[name].unique(maintain_order=True)
    known = marks(values, "train") | marks(values, "val") | marks(values, "test")
    there = values.filter(~known).cast(pl.String).drop_nulls()
    there = there.filter(there.str.strip_chars() != "")
    if not len(there):
        return []
    odd = columns[name].cast(pl.String).is_in(there.implode()).sum()
    shown = ", ".join(repr(value) for value in there[:_MOST_SHOWN].to_list())
    left = "…" if len(there) > _MOST_SHOWN else ""
    return [
        f"{number_of(int(odd), 'image')} are of no split: column {name!r} says {shown}{left}, and "
        f"train, val and test are known"
    ]
