"""Conversion of Parquet's maps and numbered classes to text and lists."""

import json
from collections.abc import Mapping
from typing import Any

import polars as pl

ClassNames = dict[str, list[str]]
"""Class names of columns of numbers, by the column's name."""


def class_names(metadata: Mapping[bytes, bytes] | None) -> ClassNames:
    """Read class names that Hugging Face's datasets store with their columns.

    Args:
        metadata: Metadata of the file's schema. Unknown entries are ignored.
    """
    try:
        info = json.loads((metadata or {}).get(b"huggingface", b"{}"))
        features = info["info"]["features"]
        found = {name: _names_of(feature) for name, feature in features.items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    return {name: names for name, names in found.items() if names}


def _names_of(feature: Any) -> list[str]:
    """Return the names of a ``ClassLabel``, or of one inside a list."""
    if isinstance(feature, list):
        feature = feature[0] if feature else {}
    inner = feature.get("feature", feature)
    names = inner.get("names") if inner.get("_type") == "ClassLabel" else None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        return []
    return names


def plain_types(frame: pl.DataFrame, names: ClassNames) -> pl.DataFrame:
    """Replace class numbers by names, and maps by lists of key and value.

    A number without a name, such as -1, is null.
    """
    return frame.with_columns(
        *(_without_map(column) for column in frame.iter_columns() if type(column.dtype) is pl.Map),
        *(
            _named(column, names[column.name])
            for column in frame.iter_columns()
            if column.name in names
        ),
    )


def _without_map(column: pl.Series) -> pl.Series:
    key, value = column.dtype.key, column.dtype.value  # type: ignore[attr-defined] # of maps
    return column.cast(pl.List(pl.Struct({"key": key, "value": value})))


def _named(column: pl.Series, names: list[str]) -> pl.Series:
    named = dict(enumerate(names))
    if column.dtype.is_integer():
        return column.replace_strict(named, default=None, return_dtype=pl.String)
    if isinstance(column.dtype, pl.List) and column.dtype.inner.is_integer():
        word = pl.element().replace_strict(named, default=None, return_dtype=pl.String)
        return column.list.eval(word)
    return column
