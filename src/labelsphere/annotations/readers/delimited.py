"""Reader of CSV and TSV, with all tags of an image in a cell, or one row per tag."""

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from labelsphere.annotations.readers.blocks import record_blocks
from labelsphere.annotations.readers.chunks import FrameChunk, tables_from_frames
from labelsphere.annotations.readers.columns import (
    IMAGE_NAMES,
    SET_NAMES,
    SINGLE_NAMES,
    plain_name,
)
from labelsphere.annotations.readers.frame import table_from_frame
from labelsphere.annotations.readers.opening import Opening, opening_of
from labelsphere.annotations.readers.raw import (
    ChunkOptions,
    RawTable,
    ReadOptions,
    RowLocation,
    counted_row,
    in_file,
)
from labelsphere.annotations.readers.records import Records, split_records
from labelsphere.annotations.readers.untagged_tables import is_picture_name
from labelsphere.annotations.report import number_of
from labelsphere.annotations.text import decode_text, is_wide, read_text
from labelsphere.arrays import IntArray
from labelsphere.errors import DataError


class TextFrame(NamedTuple):
    """Table of text.

    Attributes:
        frame: Rows of text cells, null for empty cells, without blank lines.
        location: Function that describes the location of a row.
        notes: Sentences about suspicious contents.
    """

    frame: pl.DataFrame
    location: RowLocation
    notes: tuple[str, ...]


def read_delimited(path: Path, options: ReadOptions) -> RawTable:
    """Read a table of text whose first line has the column names.

    The delimiter is the first of tab, comma, semicolon and bar that is in the first line. Lines
    above it that begin with ``#`` are skipped, and Excel's ``sep=;`` is used. All columns are text.
    A quote within an unquoted cell is an ordinary character.

    Raises:
        DataError: If the file is empty, not UTF-8, or its lines do not fit its header.
    """
    table = read_frame(path)
    return table_from_frame(table.frame, options, path, table.location, table.notes)


def read_delimited_chunks(
    path: Path, options: ReadOptions, chunks: ChunkOptions
) -> Iterator[RawTable]:
    """Read such a table in bounded memory.

    Raises:
        DataError: As `read_delimited`.
    """
    return tables_from_frames(
        frame_chunks(path, chunks), path.stat().st_size, options, chunks, path
    )


def read_frame(path: Path) -> TextFrame:
    """Read a table of text without recognising its columns.

    Raises:
        DataError: If the file is empty, not UTF-8, or its lines do not fit its header.
    """
    text = read_text(path)
    _refuse_other_text(text, path)
    return _frame(text, opening_of(text), path, 1)


# First characters of a text that is not a table → its kind, and what to do.
_OTHER_TEXTS = {
    "{": ("JSON", "give the argument `format` jsonl, or json for one value over several lines"),
    "[{": ("JSON", "give the argument `format` json"),
    "<?xml": ("XML", "give the argument `format` cvat if it is CVAT's"),
    "<<<<<<<": ("a file with marks of a git conflict", "settle the conflict first"),
}


def _refuse_other_text(text: str, path: Path) -> None:
    start = text[:100].lstrip()
    for opening, (what, fix) in _OTHER_TEXTS.items():
        if start.startswith(opening):
            raise DataError(f"{path} is {what}; expected a table with column names: {fix}")


def frame_chunks(path: Path, chunks: ChunkOptions) -> Iterator[FrameChunk]:
    """Read a table of text in non-empty chunks.

    Raises:
        DataError: As `read_frame`.
    """
    if path.stat().st_size <= chunks.chunk_bytes or is_wide(path):
        # Small files are read at once, which reports empty files. In UTF-16, line ends cannot be
        # found among the bytes.
        table = read_frame(path)
        chunks.on_bytes(path.stat().st_size)
        if table.frame.height:
            yield FrameChunk(table.frame, 0, table.location, table.notes)
        return
    header, rows = "", 0
    opening = Opening(0, 0, ",")
    for block in record_blocks(path, chunks.chunk_bytes, quoted=True):
        lines = decode_text(block.data, path, block.first_line)
        first_line = block.first_line
        if not header:
            # The first record may have several lines, if cells of the header contain line ends.
            _refuse_other_text(lines, path)
            opening = opening_of(lines)
            header = _header(lines[opening.start :])
        else:
            # Put the header before each block.
            first_line -= header.count("\n")
            lines = header + lines
            opening = Opening(0, 0, opening.delimiter)
        chunks.on_bytes(block.end)
        if not header:
            continue
        chunk = _frame(lines, opening, path, first_line, begins=not rows)
        if chunk.frame.height:
            yield FrameChunk(chunk.frame, rows, chunk.location, chunk.notes)
            rows += chunk.frame.height


def _header(lines: str) -> str:
    """Return the first record with its line end; empty if it is incomplete."""
    end = lines.find("\n") + 1
    while end and lines.count('"', 0, end) % 2:
        end = lines.find("\n", end) + 1
    return lines[:end]


def _frame(
    text: str, opening: Opening, path: Path, first_line: int, *, begins: bool = True
) -> TextFrame:
    lines = text[opening.start :]
    try:
        records = split_records(lines, opening.delimiter, first_line + opening.lines)
    except DataError as error:
        raise in_file(path, error) from error
    if not len(records.fields):
        raise DataError(f"{path} has no column names; expected a first line such as image,tags")
    width = int(records.fields[0])
    if width == 1:
        shown = records.record(0).strip()
        raise DataError(
            f"{path} has one column, {shown[:60]!r}; expected a first line of several column "
            "names, such as image,tags, with a comma, a tab, a semicolon or a bar between them"
        )
    _check_long_records(records, width, path)
    _check_swallowed(records, path)
    try:
        frame = pl.read_csv(
            records.text,
            separator=opening.delimiter,
            infer_schema=False,
            truncate_ragged_lines=True,
        )
    except pl.exceptions.PolarsError as error:
        raise DataError(
            f"{path} cannot be read as a table; expected lines that fit the header"
        ) from error
    header = _cells(records.record(0), opening.delimiter, path)
    again = _repeats_header(frame, header, begins=begins)
    _check_unnamed(frame, header, path)
    frame, twice = _named_once(frame, header, path)
    if frame.height != len(records.fields) - 1:
        frame = frame.filter(~pl.all_horizontal(pl.all().is_null()) & ~again)
        notes = _repeated(int(again.sum()), "")
        return TextFrame(frame, counted_row, (*opening.notes, *twice, *notes))
    rows = np.flatnonzero(~records.blank[1:] & ~again.to_numpy()) + 1
    if len(rows) < frame.height:
        frame = frame[(rows - 1).tolist()]
    short = rows[records.fields[rows] < width]
    if again.any():
        first = records.lines[int(again.arg_max() or 0) + 1]
        twice = (*twice, *_repeated(int(again.sum()), f", such as line {first}"))
    notes = (*opening.notes, *twice, *_short(records, short), *_swallowing(records))
    # Count lines only when a message names a row, which most tables never need.
    return TextFrame(frame, lambda row: f"line {records.lines[rows[row]]}", notes)


def _cells(record: str, delimiter: str, path: Path) -> list[str]:
    """Parse the cells of the header."""
    try:
        return next(csv.reader([record.replace("\r", " ")], delimiter=delimiter))
    except (csv.Error, StopIteration) as error:
        raise DataError(f"{path} has no column names that can be read: {error}") from error


def _check_long_records(records: Records, width: int, path: Path) -> None:
    """Refuse records with more fields than the header."""
    for number in np.flatnonzero(records.fields > width).tolist():
        if records.extra_fields(number, width):
            record = records.record(number)
            if any(cell.strip().startswith("'") for cell in record.split(records.delimiter)):
                fix = "put \"…\" around a cell that holds the delimiter; '…' does not count"
            else:
                fix = 'put "…" around a cell that holds the delimiter'
            raise DataError(
                f"{path} line {records.lines[number]}: {records.fields[number]} fields, but the "
                f"header has {width}: {fix}"
            )


def _check_swallowed(records: Records, path: Path) -> None:
    """Refuse a cell over several lines that contains rows with names of pictures."""
    for number in records.swallowing():
        below = records.record(number).split("\n")[1:]
        cells = [cell.strip(' "\r') for line in below for cell in line.split(records.delimiter)]
        name = next((cell for cell in cells if is_picture_name(cell)), None)
        if name is not None:
            raise DataError(
                f"{path} line {records.lines[number]}: a quote there is not closed, so that its "
                f"cell holds the rows below, such as that of {name!r}: close it, or double it"
            )


def _short(records: Records, short: IntArray) -> tuple[str, ...]:
    if not len(short):
        return ()
    have = "has" if len(short) == 1 else "have"
    return (
        f"{number_of(len(short), 'line')} {have} fewer fields than the header, such as line "
        f"{records.lines[short[0]]}; the others count as empty",
    )


def _swallowing(records: Records) -> tuple[str, ...]:
    found = records.swallowing()
    if not found:
        return ()
    return (
        f"{number_of(len(found), 'row')} over several lines that each look like a row, such as "
        f"line {records.lines[found[0]]}: if a quote there is not closed, its cell holds rows",
    )


def _repeats_header(frame: pl.DataFrame, header: list[str], *, begins: bool) -> pl.Series:
    """Return a Boolean series: which rows repeat the column names, as in joined tables.

    Args:
        frame: The rows, all text.
        header: The cells of the header.
        begins: Whether these are the first rows of the table. Directly below the header, such a row
            counts as an image whose labels have these names.
    """
    cells = [
        pl.col(name).fill_null("").str.strip_chars(" \t\r\ufeff") == cell.strip()
        for name, cell in zip(frame.columns, header, strict=False)
    ]
    again = frame.select(again=pl.all_horizontal(cells)).to_series()
    return again & (~again).cum_max() if begins and again.any() else again


def _repeated(count: int, where: str) -> tuple[str, ...]:
    if not count:
        return ()
    what = number_of(count, "row repeats", "rows repeat")
    return (f"{what} the column names{where}, and {'is' if count == 1 else 'are'} left out",)


def _check_unnamed(frame: pl.DataFrame, header: list[str], path: Path) -> None:
    """Refuse values to the right of the last column name, which would be lost.

    Columns without a name to the left are row numbers of pandas.
    """
    named = [number for number, cell in enumerate(header) if cell.strip()]
    for column in frame.get_columns()[named[-1] + 1 if named else 0 :]:
        filled = column.drop_nulls()
        if len(filled):
            raise DataError(
                f"{path}: {number_of(len(filled), 'value')} to the right of the last column name, "
                f'such as {filled[0]!r}: name the column in the first line, or put "…" around a '
                "cell that holds the delimiter"
            )


def _named_once(
    frame: pl.DataFrame, header: list[str], path: Path
) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Drop empty columns without a name, and describe repeated names.

    Raises:
        DataError: If the columns of the image or the tags have a repeated name.
    """
    named = Counter(plain_name(cell) for cell in header)
    twice = [name for name, count in named.items() if name and count > 1]
    read = next((n for n in twice if n in {*IMAGE_NAMES, *SET_NAMES, *SINGLE_NAMES}), None)
    if read is not None:
        raise DataError(
            f"{path} has {named[read]} columns of the name {read!r}; expected one: rename the "
            "others in the first line"
        )
    empty = [
        column.name
        for column, cell in zip(frame.iter_columns(), header, strict=False)
        if not cell.strip() and column.is_null().all()
    ]
    # Polars keeps doubled quotes in names.
    quoted = {
        column: cell
        for column, cell in zip(frame.columns, header, strict=False)
        if '"' in cell and cell not in frame.columns
    }
    frame = frame.rename(quoted)
    shown = ", ".join(repr(name) for name in twice)
    notes = (f"several columns of one name, numbered from the second on: {shown}",) if twice else ()
    return frame.drop(empty), notes
