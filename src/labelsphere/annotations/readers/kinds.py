"""Names of column types for messages."""

import polars as pl

_NAMES = {
    pl.String: "text",
    pl.Categorical: "text",
    pl.Enum: "text",
    pl.Boolean: "true and false",
    pl.Binary: "bytes",
    pl.Null: "nothing",
    pl.Date: "dates",
    pl.Datetime: "dates and times",
    pl.Time: "times",
    pl.Duration: "spans of time",
    pl.Object: "objects",
}


def kind_of(dtype: pl.DataType) -> str:
    """Describe the values of a column type.

    Examples:
        >>> kind_of(pl.List(pl.Struct({"label": pl.String, "score": pl.Float32})))
        'lists of objects with label, score'
    """
    if dtype.is_integer():
        return "whole numbers"
    if dtype.is_numeric():
        return "numbers"
    if isinstance(dtype, pl.List | pl.Array):
        return f"lists of {kind_of(dtype.inner)}"  # type: ignore[arg-type] # of lists
    if isinstance(dtype, pl.Struct):
        return f"objects with {', '.join(field.name for field in dtype.fields)}"
    return _NAMES.get(type(dtype), "values of another type")
