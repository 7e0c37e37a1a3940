"""From a column of tags to one row a tag."""

import polars as pl

from labelsphere.annotations.report import number_of
from labelsphere.errors import DataError

_OTHER_SEPARATORS = (";", "|", ",", " ")


def tags_in_lists(
    column: pl.Series, confidences: pl.Series | None, first_row: int = 0
) -> pl.DataFrame:
    """Tags from a column of lists.

    Args:
        column: Lists or arrays of strings; a null list is an empty one.
        confidences: Lists of numbers, each as long as its list of tags, or None.
        first_row: Rows of the source before these, for messages.

    Returns:
        Frame as in `RawTable.tags`.

    Raises:
        DataError: If the lists hold anything but text, or the confidences do not fit.
    """
    if isinstance(column.dtype, pl.Array):
        column = column.arr.to_list()
    inner = column.dtype.inner  # type: ignore[attr-defined] # of lists
    if not (inner in (pl.String, pl.Null, pl.Categorical) or isinstance(inner, pl.Enum)):
        raise DataError(
            f"column {column.name!r} holds lists of {kind_of(inner)}; expected lists of text"
        )
    parts = {"tag": column.cast(pl.List(pl.String))}
    if confidences is not None:
        if not confidences.dtype.inner.is_numeric():  # type: ignore[attr-defined] # of lists
            raise DataError(
                f"column {confidences.name!r} holds {kind_of(confidences.dtype)}; "
                "expected lists of numbers"
            )
        unequal = (column.list.len() != confidences.list.len()).fill_null(value=False)
        if unequal.any():
            row = first_row + unequal.arg_true()[0] + 1
            raise DataError(
                f"row {row}: {column.name!r} and {confidences.name!r} differ in length; "
                "expected one confidence a tag"
            )
        parts["confidence"] = confidences.cast(pl.List(pl.Float64))
    frame = pl.DataFrame(parts).with_row_index("row")
    filled = frame.filter(pl.col("tag").list.len() > 0)
    return _clean(filled.explode(list(parts)))


def tags_in_text(
    column: pl.Series, separator: str, confidences: pl.Series | None, first_row: int = 0
) -> tuple[pl.DataFrame, list[str]]:
    """Tags from a column of text.

    Args:
        column: Text; a null has no tag.
        separator: What stands between tags; empty if each cell is one tag.
        confidences: One number a cell, as numbers or text, or None.
        first_row: Rows of the source before these, for messages.

    Returns:
        Frame as in `RawTable.tags`, and notes on what looks wrong.

    Raises:
        DataError: If the column is no text, or a confidence no number.
    """
    if column.dtype == pl.Null:
        column = column.cast(pl.String)
    if not (column.dtype in (pl.String, pl.Categorical) or isinstance(column.dtype, pl.Enum)):
        raise DataError(
            f"column {column.name!r} holds {kind_of(column.dtype)}; expected text, or lists of text"
        )
    frame = pl.DataFrame({"tag": column.cast(pl.String)}).with_row_index("row")
    if confidences is not None:
        frame = frame.with_columns(confidence=numbers_of(confidences, first_row))
    notes = _suspicions(frame["tag"], column.name, separator)
    if separator:
        frame = frame.with_columns(pl.col("tag").str.split(separator)).explode("tag")
    return _clean(frame), notes


def _clean(frame: pl.DataFrame) -> pl.DataFrame:
    stripped = frame.with_columns(pl.col("row").cast(pl.Int64), pl.col("tag").str.strip_chars())
    return stripped.filter(pl.col("tag").str.len_bytes() > 0)


def numbers_of(column: pl.Series, first_row: int = 0) -> pl.Series:
    """A column as float64.

    Args:
        column: Numbers, or text that gives numbers.
        first_row: Rows of the source before these, for messages.

    Raises:
        DataError: If a cell is no number.
    """
    if not (column.dtype.is_numeric() or column.dtype in (pl.String, pl.Null)):
        raise DataError(f"column {column.name!r} holds {kind_of(column.dtype)}; expected numbers")
    text = column.str.strip_chars() if column.dtype == pl.String else column
    numbers = text.cast(pl.Float64, strict=False)
    wrong = (numbers.is_null() & text.is_not_null()).arg_true()
    if len(wrong):
        raise DataError(
            f"row {first_row + wrong[0] + 1}: {column.name!r} is {column[wrong[0]]!r}; "
            "expected a number"
        )
    return numbers


def _suspicions(column: pl.Series, name: str, separator: str) -> list[str]:
    """What to tell where cells look as if they were read with the wrong separator."""
    filled = column.drop_nulls()
    half = len(filled) / 2
    if not separator:
        several = int(filled.str.contains(",", literal=True).sum())
        if several > half:
            return [
                f"{number_of(several, 'cell')} of {name!r} hold ',' and were read as one tag each; "
                "if a cell holds several tags, give the separator"
            ]
        return []
    if filled.str.contains(separator, literal=True).any():
        return []
    for other in _OTHER_SEPARATORS:
        several = int(filled.str.contains(other, literal=True).sum())
        if other != separator and several > half:
            return [
                f"no cell of {name!r} holds {separator!r}, but {several:,} hold {other!r}; "
                "if that stands between tags, give it as the separator"
            ]
    return []


def kind_of(dtype: pl.DataType) -> str:
    """A type's name for a reader who does not know Polars."""
    if dtype.is_integer():
        return "whole numbers"
    if dtype.is_numeric():
        return "numbers"
    if isinstance(dtype, pl.List | pl.Array):
        return f"lists of {kind_of(dtype.inner)}"  # type: ignore[arg-type] # of lists
    known = {pl.String: "text", pl.Boolean: "true and false", pl.Binary: "bytes"}
    return known.get(type(dtype), str(dtype))
