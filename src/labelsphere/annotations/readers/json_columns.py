"""Conversion of JSON objects, one per image or tag, to columns."""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

import polars as pl
import pyarrow as pa

from labelsphere.annotations.readers.columns import (
    SET_NAMES,
    SINGLE_NAMES,
    choose_column,
    recognise,
)
from labelsphere.annotations.readers.json_text import check_keys, shortened
from labelsphere.annotations.readers.raw import ReadOptions, RowLocation
from labelsphere.annotations.readers.untagged_tables import missing_tags_hint
from labelsphere.errors import DataError

_MOST_EMPTY = 2_000_000

Columns = dict[str, list[Any]]
"""Values by key, None where an object lacks the key."""


class RecordFrame(NamedTuple):
    """Frame of objects.

    Attributes:
        frame: One row per object.
        notes: Sentences about changes that give columns a common type.
    """

    frame: pl.DataFrame
    notes: tuple[str, ...] = ()


def columns_of(records: Iterable[tuple[str, Any]]) -> tuple[Columns, list[str]]:
    """Convert objects to columns.

    Args:
        records: Pairs of location, for messages, and object.

    Returns:
        The columns, and the location of each row.

    Raises:
        DataError: If a value is not an object, or repeats a key.
    """
    columns: Columns = {}
    locations: list[str] = []
    filled = 0
    for location, record in records:
        if not isinstance(record, dict):
            raise DataError(
                f"{location}: expected an object such as "
                '{"image": "a.jpg", "tags": ["sky"]}, but got ' + shortened(record)
            )
        check_keys(record, location)
        filled += len(record)
        for key, value in record.items():
            check_keys(value, location)
            if key not in columns:
                _check_keys_recur(len(columns) + 1, len(locations) + 1, filled, location)
                columns[key] = [None] * len(locations)
            columns[key].append(value)
        locations.append(location)
        if len(record) < len(columns):
            for values in columns.values():
                if len(values) < len(locations):
                    values.append(None)
    return columns, locations


def _check_keys_recur(keys: int, rows: int, filled: int, location: str) -> None:
    """Refuse objects with mostly different keys, whose columns would be nearly empty.

    Raises:
        DataError: If most keys are in few rows.
    """
    if keys * rows > _MOST_EMPTY and filled * 50 < keys * rows:
        raise DataError(
            f"{location}: the rows up to here have {keys:,} different keys, most of them in few "
            'rows; expected the same keys in each row, such as {"image": "a.jpg", "tags": ["sky"]}'
        )


def column_frame(columns: Columns, locations: list[str], options: ReadOptions) -> RecordFrame:
    """Convert columns to a frame. A column whose values differ in type becomes text, with a note.

    Tags that are an object of numbers, ``{"sky": 0.9}``, become a list of labels and confidences.

    Raises:
        DataError: If no column is recognised as the tags, or the tags of a row have another type
            than those of other rows.
    """
    if not columns:
        raise DataError('has no rows; expected objects such as {"image": "a.jpg", "tags": ["sky"]}')
    tags = tags_column(columns, options)
    if tags is None:
        looks = missing_tags_hint(_frame(columns, locations).frame)
        if looks is not None and options.tag_column is None:
            raise DataError(looks)
        names = SET_NAMES + SINGLE_NAMES
        tags = choose_column(list(columns), options.tag_column, names, "tags", "tag_column")
    columns[tags] = [_as_list(value) for value in columns[tags]]
    if not _is_uniform(columns[tags]):
        raise DataError(_misfit(tags, columns[tags], locations))
    return _frame(columns, locations)


def tags_column(columns: Columns, options: ReadOptions) -> str | None:
    """Return the key of the tags, if there is one."""
    if options.tag_column is not None:
        return options.tag_column if options.tag_column in columns else None
    return recognise(list(columns), SET_NAMES + SINGLE_NAMES)


def location_of(locations: list[str]) -> RowLocation:
    """Return a function that gives the location of a row."""
    return lambda row: locations[row]


def _frame(columns: Columns, locations: list[str]) -> RecordFrame:
    notes: list[str] = []
    series = {}
    try:
        for name, values in columns.items():
            array = _array(values)
            if array is None:
                array = pa.array(map(_as_text, values), pa.string())
                notes.append(_mixed(name, values, locations))
            series[name] = pl.Series(array)
        return RecordFrame(pl.DataFrame(series), tuple(notes))
    except (pl.exceptions.PolarsError, UnicodeEncodeError, ValueError, TypeError) as error:
        what = str(error).partition("\n")[0]
        raise DataError(f"{locations[0]} and on: the values cannot be used: {what}") from error


def _as_list(value: Any) -> Any:
    """Convert an object of numbers to a list of labels and confidences."""
    if isinstance(value, dict) and value and all(_is_number(v) for v in value.values()):
        return [{"label": key, "confidence": float(number)} for key, number in value.items()]
    return [] if value == {} else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e300


def _kinds(values: Iterable[Any]) -> tuple[set[type], set[type]]:
    kinds = {type(value) for value in values} - {type(None)}
    inner = {type(tag) for value in values if type(value) is list for tag in value}
    return kinds, inner - {type(None)}


def _is_uniform(values: list[Any]) -> bool:
    """Return whether all are lists of text, all lists of objects, or all text, except nulls."""
    kinds, inner = _kinds(values)
    return kinds <= {str} or (kinds == {list} and (inner <= {str} or inner == {dict}))


def _misfit(name: str, values: list[Any], locations: list[str]) -> str:
    """Describe the first row whose tags are not lists of text or differ from earlier rows."""
    before: list[Any] = []
    for value, location in zip(values, locations, strict=True):
        if not _is_uniform([value]):
            return f"{location}: {name!r} is {shortened(value)}; expected a list of text"
        if not _is_uniform([*before, value]):
            return (
                f"{location}: {name!r} is {shortened(value)}; expected, as in the lines before, "
                f"{_kind(before[0])}"
            )
        before = before if value is None or value == [] else [value]
    raise AssertionError("only called where a row does not fit")


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return "text"
    return "a list of objects" if dict in _kinds([value])[1] else "a list of text"


def _array(values: list[Any]) -> Any:
    """Build an Arrow column, or None if its values differ in type."""
    try:
        return pa.array(values)
    # The column then becomes text, and `_mixed` reports it with its lines.
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        return None


def _as_text(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else json.dumps(value)


def _mixed(name: str, values: list[Any], locations: list[str]) -> str:
    """Describe a column of several types, with examples of two of them."""
    first: dict[str, str] = {}
    for value, location in zip(values, locations, strict=True):
        if value is not None:
            first.setdefault(_type_name(value), f"{shortened(value)} in {location}")
    first = dict(sorted(first.items()))
    kinds = " and ".join(first) if len(first) > 1 else f"{min(first)} that fit no common type"
    shown = ", ".join(list(first.values())[:2])
    return (
        f"column {_shown(name)} holds {kinds} ({shown}): its values are read, and written back, as "
        "text"
    )


def _type_name(value: Any) -> str:
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "numbers"
    if isinstance(value, str):
        return "text"
    return "lists" if isinstance(value, list) else "objects"


def check_letters(columns: Columns, locations: list[str]) -> None:
    """Refuse text with half a surrogate pair, which UTF-8 cannot encode.

    Raises:
        DataError: If there is such text; the message names the row and the key.
    """
    for name, values in columns.items():
        for value, location in zip(values, locations, strict=True):
            if _is_torn(value) or _is_torn(name):
                raise DataError(f"{location}: {_shown(name)} holds half a surrogate pair")


def _shown(name: str) -> str:
    return repr(name.encode(errors="backslashreplace").decode())


def _is_torn(value: object) -> bool:
    """Return whether text in the value cannot be encoded as UTF-8."""
    if value is None or isinstance(value, int | float):
        return False
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.encode(errors="replace").decode() != text
