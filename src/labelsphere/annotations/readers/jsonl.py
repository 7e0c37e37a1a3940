"""Reader of JSON lines: one object per line, with the tags of an image or one tag."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from labelsphere.annotations.readers.blocks import record_blocks
from labelsphere.annotations.readers.chunks import FrameChunk, tables_from_frames
from labelsphere.annotations.readers.frame import Layout, layout_of, table_from_frame
from labelsphere.annotations.readers.json_columns import (
    Columns,
    RecordFrame,
    check_letters,
    column_frame,
    columns_of,
    location_of,
    tags_column,
)
from labelsphere.annotations.readers.json_text import parse_json
from labelsphere.annotations.readers.raw import ChunkOptions, RawTable, ReadOptions, in_file
from labelsphere.annotations.text import decode_text, first_line, is_wide, read_text
from labelsphere.errors import DataError


def read_jsonl(path: Path, options: ReadOptions) -> RawTable:
    """Read one JSON object per line, or one array of objects; blank lines are skipped.

    Raises:
        DataError: If a line is not a JSON object, or its tags have another type than other lines'.
    """
    (frame, notes), locations = _read(path, options)
    return table_from_frame(frame, options, path, location_of(locations), notes)


def table_of_records(records: list[tuple[str, Any]], options: ReadOptions, path: Path) -> RawTable:
    """Read parsed objects.

    Args:
        records: Pairs of location, such as ``"entry 3"``, and object.
        options: Options of the user.
        path: The file, for messages.

    Raises:
        DataError: As `read_jsonl`.
    """
    (frame, notes), locations = _framed(records, options, path)
    return table_from_frame(frame, options, path, location_of(locations), notes)


def read_jsonl_chunks(path: Path, options: ReadOptions, chunks: ChunkOptions) -> Iterator[RawTable]:
    """Read such a file in bounded memory; an array of objects is read at once.

    Raises:
        DataError: As `read_jsonl`, and if a new key of a line would be recognised as the image, the
            tags or the confidences instead of the key of the earlier lines.
    """
    size = path.stat().st_size
    array = first_line(path).lstrip().startswith("[")
    if size <= chunks.chunk_bytes or array or is_wide(path):
        frames = _whole(path, options, chunks)
    else:
        frames = _frames(path, options, chunks)
    return tables_from_frames(frames, size, options, chunks, path)


def _whole(path: Path, options: ReadOptions, chunks: ChunkOptions) -> Iterator[FrameChunk]:
    (frame, notes), locations = _read(path, options)
    chunks.on_bytes(path.stat().st_size)
    if frame.height:
        yield FrameChunk(frame, 0, location_of(locations), notes)


def _frames(path: Path, options: ReadOptions, chunks: ChunkOptions) -> Iterator[FrameChunk]:
    """Yield chunks with all columns of the earlier chunks; the first chunk has tags."""
    types: dict[str, pl.DataType] = {}
    layout: Layout | None = None
    rows = 0
    for columns, locations in _column_chunks(path, options, chunks):
        columns = {**{name: [None] * len(locations) for name in types}, **columns}
        frame, notes = _frame(columns, locations, options, path)
        schema = frame.schema
        frame = frame.with_columns(
            pl.col(name).cast(dtype) for name, dtype in types.items() if schema[name] == pl.Null
        )
        types = {
            name: types.get(name, dtype) if dtype == pl.Null else dtype
            for name, dtype in frame.schema.items()
        }
        layout = _same_layout(layout, frame, options, f"{path} {locations[0]} to {locations[-1]}")
        yield FrameChunk(frame, rows, location_of(locations), notes)
        rows += frame.height


def _column_chunks(
    path: Path, options: ReadOptions, chunks: ChunkOptions
) -> Iterator[tuple[Columns, list[str]]]:
    waiting, first_line_number = "", 1
    tagged = False
    for block in record_blocks(path, chunks.chunk_bytes, quoted=False):
        first_line_number = first_line_number if waiting else block.first_line
        waiting += decode_text(block.data, path, block.first_line)
        columns, locations = _columns(waiting, path, first_line_number)
        chunks.on_bytes(block.end)
        # The first tag shows whether tags are text or lists.
        tagged = tagged or _has_tags(columns, options)
        if tagged:
            waiting = ""
            if locations:
                yield columns, locations
    if waiting.strip():
        yield _columns(waiting, path, first_line_number)


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
            f"{where}: {now.tags!r} is {kinds[now.lists]}; expected, as in the lines before, "
            f"{kinds[before.lists]}"
        )
    roles = ("image", "tags", "confidence")
    role = next((r for r in roles if getattr(now, r) != getattr(before, r)), "pictures")
    raise DataError(
        f"{where}: {getattr(now, role)!r} is new, and would be read as the {role} in place of "
        f"{getattr(before, role)!r}; write all keys into the first line, or name the columns"
    )


def _read(path: Path, options: ReadOptions) -> tuple[RecordFrame, list[str]]:
    text = read_text(path)
    if text.lstrip().startswith("["):
        return _framed(list(entries_of(parse_json(text, str(path)))), options, path)
    columns, locations = _columns(text, path)
    return _frame(columns, locations, options, path), locations


def entries_of(values: list[Any]) -> Iterator[tuple[str, Any]]:
    """Yield the objects of an array, each with its location."""
    return ((f"entry {number}", value) for number, value in enumerate(values, start=1))


def _framed(
    records: list[tuple[str, Any]], options: ReadOptions, path: Path
) -> tuple[RecordFrame, list[str]]:
    try:
        columns, locations = columns_of(records)
    except DataError as error:
        raise in_file(path, error) from error
    return _frame(columns, locations, options, path), locations


def _frame(columns: Columns, locations: list[str], options: ReadOptions, path: Path) -> RecordFrame:
    try:
        check_letters(columns, locations)
        return column_frame(columns, locations, options)
    except DataError as error:
        raise in_file(path, error) from error


def _has_tags(columns: Columns, options: ReadOptions) -> bool:
    name = tags_column(columns, options)
    return any(value is not None for value in columns.get(name or "", []))


def _columns(text: str, path: Path, first_line_number: int = 1) -> tuple[Columns, list[str]]:
    try:
        return columns_of(_records(text, first_line_number))
    except DataError as error:
        raise in_file(path, error) from error


def _records(text: str, first_line_number: int) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(text.split("\n"), start=first_line_number):
        if not line.strip():
            continue
        location = f"line {number}"
        if line.strip() in ("{", "[") and text.rstrip() != line.rstrip():
            raise DataError(
                f"{location}: the object spans several lines; expected one object per line, "
                "or one array of objects"
            )
        yield location, parse_json(line, location)
