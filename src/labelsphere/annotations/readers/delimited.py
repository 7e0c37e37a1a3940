"""CSV and TSV: ``image,tags`` with all tags of an image in a cell, or one row a tag."""

import csv
from pathlib import Path

import polars as pl

from labelsphere.annotations.readers.frame import table_from_frame
from labelsphere.annotations.readers.raw import RawTable, ReadOptions
from labelsphere.annotations.text import read_text
from labelsphere.errors import DataError


def read_delimited(path: Path, options: ReadOptions) -> RawTable:
    """Read a table of text, its first line the columns' names.

    Fields are parted by what the first line has: a tab, else a semicolon if there is no comma,
    else a comma. All columns are text.

    Raises:
        DataError: If the file is empty, no UTF-8, or its lines do not fit its header.
    """
    return table_from_frame(read_frame(path), options, path)


def read_frame(path: Path) -> pl.DataFrame:
    """The table as it is, every cell text; an empty cell is null and a blank line nothing.

    Raises:
        DataError: If the file is empty, no UTF-8, or its lines do not fit its header.
    """
    text = read_text(path).lstrip("\r\n")
    delimiter = delimiter_of(text.split("\n", 1)[0])
    try:
        frame = pl.read_csv(text.encode(), separator=delimiter, infer_schema=False)
    except pl.exceptions.PolarsError as error:
        raise DataError(f"{path}{_misfit(text, delimiter)}") from error
    return frame.filter(~pl.all_horizontal(pl.all().is_null()))


def delimiter_of(header: str) -> str:
    """What parts the fields of a header line."""
    if "\t" in header:
        return "\t"
    return ";" if ";" in header and "," not in header else ","


def _misfit(text: str, delimiter: str) -> str:
    """Where the lines stop fitting the header, and how to mend it."""
    lines = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    try:
        width = len(next(lines))
        for fields in lines:
            if len(fields) > width:
                return (
                    f" line {lines.line_num}: {len(fields)} fields, but the header has {width}: "
                    'put "…" around a cell that holds the delimiter'
                )
    except csv.Error as error:
        return f" line {lines.line_num}: {error}; a quoted cell must end with its quote"
    return " cannot be read as a table; expected lines that fit the header"
