"""CSV and TSV: ``image,tags`` with all tags of an image in a cell, or one row a tag."""

import csv
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from labelsphere.annotations.readers.blocks import record_blocks
from labelsphere.annotations.readers.frame import table_from_frame
from labelsphere.annotations.readers.parts import FramePart, tables_from_frames
from labelsphere.annotations.readers.raw import PartOptions, RawTable, ReadOptions
from labelsphere.annotations.text import decode, read_text
from labelsphere.errors import DataError


def read_delimited(path: Path, options: ReadOptions) -> RawTable:
    """Read a table of text, its first line the columns' names.

    Fields are parted by what the first line has: a tab, else a semicolon if there is no comma,
    else a comma. All columns are text.

    Raises:
        DataError: If the file is empty, no UTF-8, or its lines do not fit its header.
    """
    return table_from_frame(read_frame(path), options, path)


def read_delimited_parts(
    path: Path, options: ReadOptions, parts: PartOptions
) -> Iterator[RawTable]:
    """Read such a table in bounded memory.

    Raises:
        DataError: As `read_delimited`.
    """
    return tables_from_frames(frame_parts(path, parts), path.stat().st_size, options, parts, path)


def read_frame(path: Path) -> pl.DataFrame:
    """The table as it is, every cell text; an empty cell is null and a blank line nothing.

    Raises:
        DataError: If the file is empty, no UTF-8, or its lines do not fit its header.
    """
    text = read_text(path)
    lines = text.lstrip("\r\n")
    return _frame(lines, delimiter_of(lines.split("\n", 1)[0]), path, 1)


def frame_parts(path: Path, parts: PartOptions) -> Iterator[FramePart]:
    """The same in parts, none of them empty.

    Raises:
        DataError: As `read_frame`.
    """
    if path.stat().st_size <= parts.part_bytes:
        # Small enough to be read whole, and then an empty file is told.
        frame = read_frame(path)
        parts.on_bytes(path.stat().st_size)
        if frame.height:
            yield FramePart(frame, 0)
        return
    header, delimiter, rows = "", "", 0
    for block in record_blocks(path, parts.part_bytes, quoted=True):
        lines = decode(block.data, path, block.first_line)
        first_line = block.first_line
        if not header:
            # The first record may be a line or more, where the header's cells hold line ends.
            lines = lines.lstrip("\r\n")
            first_line += block.data.count(b"\n") - lines.count("\n")
            delimiter = delimiter_of(lines.split("\n", 1)[0])
            header = _header(lines)
        else:
            first_line -= header.count("\n")
            lines = header + lines
        frame = _frame(lines, delimiter, path, first_line) if lines else pl.DataFrame()
        parts.on_bytes(block.end)
        if frame.height:
            yield FramePart(frame, rows)
            rows += frame.height


def _header(lines: str) -> str:
    """The first record, line end included; empty where there is none yet."""
    end = lines.find("\n") + 1
    while end and lines.count('"', 0, end) % 2:
        end = lines.find("\n", end) + 1
    return lines[:end]


def _frame(lines: str, delimiter: str, path: Path, first_line: int) -> pl.DataFrame:
    try:
        frame = pl.read_csv(lines.encode(), separator=delimiter, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise DataError(f"{path}{_misfit(lines, delimiter, first_line)}") from error
    return frame.filter(~pl.all_horizontal(pl.all().is_null()))


def delimiter_of(header: str) -> str:
    """What parts the fields of a header line."""
    if "\t" in header:
        return "\t"
    return ";" if ";" in header and "," not in header else ","


def _misfit(text: str, delimiter: str, first_line: int) -> str:
    """Where the lines stop fitting the header, and how to mend it."""
    lines = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    try:
        width = len(next(lines))
        for fields in lines:
            if len(fields) > width:
                line = first_line + lines.line_num - 1
                return (
                    f" line {line}: {len(fields)} fields, but the header has {width}: "
                    'put "…" around a cell that holds the delimiter'
                )
    except csv.Error as error:
        line = first_line + lines.line_num - 1
        return f" line {line}: {error}; a quoted cell must end with its quote"
    return " cannot be read as a table; expected lines that fit the header"
