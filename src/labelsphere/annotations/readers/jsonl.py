"""JSON Lines: one object a line, an image with its list of tags, or one tag."""

import json
from pathlib import Path
from typing import Any

import polars as pl

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
    _check_tags(tags, columns[tags], lines, path)
    frame = pl.DataFrame([_series(name, values) for name, values in columns.items()])
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


def _check_tags(name: str, values: list[Any], lines: list[int], path: Path) -> None:
    """Every line's tags must be a list of text, or every line's a text."""
    first: Any = next((value for value in values if value is not None), [])
    kind = str if isinstance(first, str) else list
    expected = "text, as before" if kind is str else "a list of text"
    for value, line in zip(values, lines, strict=True):
        if value is None:
            continue
        if not isinstance(value, kind) or (
            kind is list and not all(isinstance(tag, str) for tag in value)
        ):
            raise DataError(
                f"{path} line {line}: {name!r} is {_shortened(value)}; expected {expected}"
            )


def _series(name: str, values: list[Any]) -> pl.Series:
    try:
        return pl.Series(name, values, strict=True)
    except (TypeError, pl.exceptions.PolarsError):
        # A further column whose lines differ in type is kept as text.
        text = [v if v is None or isinstance(v, str) else json.dumps(v) for v in values]
        return pl.Series(name, text)


def _shortened(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:59] + "…"
