"""JSON Lines: one object a line, an image with its list of tags, or one tag."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from labelsphere.annotations.readers.blocks import record_blocks
from labelsphere.annotations.readers.columns import SET_NAMES, SINGLE_NAMES, choose, recognise
from labelsphere.annotations.readers.frame import Layout, layout_of, table_from_frame
from labelsphere.annotations.readers.parts import FramePart, tables_from_frames
from labelsphere.annotations.readers.raw import PartOptions, RawTable, ReadOptions
from labelsphere.annotations.text import decode, read_text
from labelsphere.errors import DataError


def read_jsonl(path: Path, options: ReadOptions) -> RawTable:
    """Read one JSON object a line; blank lines are skipped.

    Raises:
        DataError: If a line is no JSON object, or its tags are not what the other lines' are.
    """
    return table_from_frame(_read(path, options), options, path)


def read_jsonl_parts(path: Path, options: ReadOptions, parts: PartOptions) -> Iterator[RawTable]:
    """Read such a file in bounded memory.

    Raises:
        DataError: As `read_jsonl`; and if a line brings a key by which the image, the tags or the
            confidences would be read from another key than in the lines before it.
    """
    if path.stat().st_size <= parts.part_bytes:
        frames = _whole(path, options, parts)
    else:
        frames = _frames(path, options, parts)
    return tables_from_frames(frames, path.stat().st_size, options, parts, path)


def _whole(path: Path, options: ReadOptions, parts: PartOptions) -> Iterator[FramePart]:
    frame = _read(path, options)
    parts.on_bytes(path.stat().st_size)
    if frame.height:
        yield FramePart(frame, 0)


def _frames(path: Path, options: ReadOptions, parts: PartOptions) -> Iterator[FramePart]:
    """Parts with all the columns of the parts before; the first has some tags."""
    types: dict[str, pl.DataType] = {}
    layout: Layout | None = None
    rows = 0
    for columns, lines in _column_parts(path, options, parts):
        columns = {**{name: [None] * len(lines) for name in types}, **columns}
        frame = _frame(columns, lines, options, path)
        frame = frame.with_columns(
            pl.col(name).cast(dtype)
            for name, dtype in types.items()
            if frame.schema[name] == pl.Null
        )
        types = {
            name: types.get(name, dtype) if dtype == pl.Null else dtype
            for name, dtype in frame.schema.items()
        }
        layout = _same_layout(layout, frame, options, f"{path} lines {lines[0]} to {lines[-1]}")
        yield FramePart(frame, rows)
        rows += frame.height


def _column_parts(
    path: Path, options: ReadOptions, parts: PartOptions
) -> Iterator[tuple[dict[str, list[Any]], list[int]]]:
    waiting, first_line = "", 1
    tagged = False
    for block in record_blocks(path, parts.part_bytes, quoted=False):
        first_line = first_line if waiting else block.first_line
        waiting += decode(block.data, path, block.first_line)
        columns, lines = _columns(waiting, path, first_line)
        parts.on_bytes(block.end)
        # Before the first tag there is no telling whether tags are text or lists.
        tagged = tagged or _has_tags(columns, options)
        if tagged:
            waiting = ""
            if lines:
                yield columns, lines
    if waiting.strip():
        yield _columns(waiting, path, first_line)


def _same_layout(
    before: Layout | None, frame: pl.DataFrame, options: ReadOptions, where: str
) -> Layout:
    try:
        now = layout_of(frame, options)
    except DataError as error:
        raise DataError(f"{where}: {error}") from error
    if before is None or now == before:
        return now
    if now.lists != before.lists:
        kinds = {True: "a list of text", False: "text"}
        raise DataError(
            f"{where}: {now.tags!r} is {kinds[now.lists]}; expected what the lines before have: "
            f"{kinds[before.lists]}"
        )
    roles = ("image", "tags", "confidence")
    role = next((r for r in roles if getattr(now, r) != getattr(before, r)), "pictures")
    raise DataError(
        f"{where}: {getattr(now, role)!r} is new, and would be read as the {role} in place of "
        f"{getattr(before, role)!r}; write all keys into the first line, or name the columns"
    )


def _read(path: Path, options: ReadOptions) -> pl.DataFrame:
    columns, lines = _columns(read_text(path), path)
    return _frame(columns, lines, options, path)


def _frame(
    columns: dict[str, list[Any]], lines: list[int], options: ReadOptions, path: Path
) -> pl.DataFrame:
    try:
        tags = choose(
            list(columns), options.tag_column, SET_NAMES + SINGLE_NAMES, "tags", "tag_column"
        )
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    arrays = {name: _array(name, values, lines, path) for name, values in columns.items()}
    if not _is_uniform(columns[tags]):
        raise DataError(_misfit(tags, columns[tags], lines, path))
    return pl.DataFrame({name: pl.Series(array) for name, array in arrays.items()})


def _has_tags(columns: dict[str, list[Any]], options: ReadOptions) -> bool:
    name = options.tag_column or recognise(list(columns), SET_NAMES + SINGLE_NAMES)
    return any(value is not None for value in columns.get(name or "", []))


def _columns(text: str, path: Path, first_line: int = 1) -> tuple[dict[str, list[Any]], list[int]]:
    """Values by key, None where a line lacks the key, and the line number of each row."""
    columns: dict[str, list[Any]] = {}
    lines: list[int] = []
    for number, line in enumerate(text.split("\n"), start=first_line):
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
