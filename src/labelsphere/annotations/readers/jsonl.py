"""JSON Lines: one object a line, an image with its list of tags, or one tag."""

import json
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from labelsphere.annotations.readers.columns import SET_NAMES, SINGLE_NAMES, choose
from labelsphere.annotations.readers.frame import table_from_frame
from labelsphere.annotations.readers.raw import RawTable, ReadOptions
from labelsphere.annotations.text import read_text
from labelsphere.errors import DataError


def read_jsonl(path: Path, options: ReadOptions) -> RawTable:
    """Read one JSON object a line; blank lines are skipped.

    Raises:
        DataError: If a line is no JSON object, or its tags are not what the other lines' are.
    """
    columns, lines = _columns(path)
    try:
        tags = choose(
            list(columns), options.tag_column, SET_NAMES + SINGLE_NAMES, "tags", "tag_column"
        )
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    arrays = {name: _array(name, values, lines, path) for name, values in columns.items()}
    if not _is_uniform(columns[tags]):
        raise DataError(_misfit(tags, columns[tags], lines, path))
    frame = pl.DataFrame({name: pl.Series(array) for name, array in arrays.items()})
    return table_from_frame(frame, options, path)


def _columns(path: Path) -> tuple[dict[str, list[Any]], list[int]]:
    """Values by key, None where a line lacks the key, and the line number of each row."""
    columns: dict[str, list[Any]] = {}
    lines: list[int] = []
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            where = f"{path} line {number} column {error.colno}"
            raise DataError(f"{where}: no JSON object: {error.msg}") from error
        if not isinstance(record, dict):
            raise DataError(
                f"{path} line {number}: expected an object such as "
                '{"image": "a.jpg", "tags": ["sky"]}, but got ' + _shortened(record)
            )
        for key, value in record.items():
            if key not in columns:
                columns[key] = [None] * len(lines)
            columns[key].append(value)
        lines.append(number)
        if len(record) < len(columns):
            for values in columns.values():
                if len(values) < len(lines):
                    values.append(None)
    return columns, lines


def _is_uniform(values: list[Any]) -> bool:
    """Whether all are lists of text, or all text, nulls aside."""
    kinds = {type(value) for value in values} - {type(None)}
    inner = {type(tag) for value in values if type(value) is list for tag in value}
    return kinds <= {str} or (kinds == {list} and inner <= {str, type(None)})


def _misfit(name: str, values: list[Any], lines: list[int], path: Path) -> str:
    """Which line's tags are no list of text, or not what the line before has."""
    before: list[Any] = []
    for value, line in zip(values, lines, strict=True):
        if not _is_uniform([value]):
            return f"{path} line {line}: {name!r} is {_shortened(value)}; expected a list of text"
        if not _is_uniform([*before, value]):
            return (
                f"{path} line {line}: {name!r} is {_shortened(value)}; expected what the lines "
                f"before have: {'text' if isinstance(value, list) else 'a list of text'}"
            )
        before = before if value is None else [value]
    raise AssertionError("only called where a line does not fit")


def _array(name: str, values: list[Any], lines: list[int], path: Path) -> Any:
    """A column for Arrow; one whose lines differ in type is kept as text."""
    try:
        return pa.array(values)
    except UnicodeEncodeError as error:
        line = next(line for value, line in zip(values, lines, strict=True) if _is_torn(value))
        raise DataError(f"{path} line {line}: {name!r} holds half a surrogate pair") from error
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        text = [v if v is None or isinstance(v, str) else json.dumps(v) for v in values]
        return pa.array(text, pa.string())


def _is_torn(value: object) -> bool:
    """Whether text in the value cannot be written as UTF-8."""
    text = json.dumps(value, ensure_ascii=False)
    return text.encode(errors="replace").decode() != text


def _shortened(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:59] + "…"
