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
    arrays = {name: _array(values) for name, values in columns.items() if name != tags}
    try:
        kind = pa.string() if _first_is_text(columns[tags]) else pa.list_(pa.string())
        arrays[tags] = pa.array(columns[tags], kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise DataError(_misfit(tags, columns[tags], lines, path)) from error
    frame = pl.DataFrame({name: pl.Series(arrays[name]) for name in columns})
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
        except ValueError as error:
            raise DataError(f"{path} line {number}: no JSON: {error}") from error
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


def _first_is_text(values: list[Any]) -> bool:
    return isinstance(next((value for value in values if value is not None), None), str)


def _misfit(name: str, values: list[Any], lines: list[int], path: Path) -> str:
    """Which line's tags are not what the first line's are."""
    text = _first_is_text(values)
    for value, line in zip(values, lines, strict=True):
        fits = isinstance(value, str) if text else _is_list_of_text(value)
        if value is not None and not fits:
            expected = "text, as before" if text else "a list of text"
            return f"{path} line {line}: {name!r} is {_shortened(value)}; expected {expected}"
    return f"{path}: {name!r} cannot be read; expected lists of text"


def _is_list_of_text(value: object) -> bool:
    return isinstance(value, list) and all(tag is None or isinstance(tag, str) for tag in value)


def _array(values: list[Any]) -> Any:
    """A column for Arrow; one whose lines differ in type is kept as text."""
    try:
        return pa.array(values)
    except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
        return pa.array([v if v is None or isinstance(v, str) else json.dumps(v) for v in values])


def _shortened(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:59] + "…"
