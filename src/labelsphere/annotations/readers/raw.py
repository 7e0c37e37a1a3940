"""Types that all readers share: images and their tags as the source has them, unfiltered."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import polars as pl

from labelsphere.annotations.readers.columns import plain_name
from labelsphere.annotations.table_form import TableForm
from labelsphere.errors import DataError

RowLocation = Callable[[int], str]
"""Where a row of a frame is in its source, for messages, such as ``"line 7"``."""


def counted_row(row: int) -> str:
    """The location of a row that has no better name: its number, from 1."""
    return f"row {row + 1:,}"


def row_after(before: int) -> RowLocation:
    """Locations of rows by number, if some rows come before those of the frame."""
    return lambda row: counted_row(before + row)


def in_file(path: Path, error: DataError) -> DataError:
    """Add the file's name to an error about a location in it: ``tags.csv line 7: …``."""
    text = str(error)
    joint = " " if text.startswith(("line ", "entry ")) else ": "
    return DataError(f"{path}{joint}{text}")


@dataclass(frozen=True)
class ReadOptions:
    """The names and separator that the user gave for a source.

    Attributes:
        separator: Text between the tags of a cell; empty for one tag a row; None for the
            format's own way.
        image_column: Column of the image; None to recognise it.
        tag_column: Column of the tags; None to recognise it.
    """

    separator: str | None = None
    image_column: str | None = None
    tag_column: str | None = None


@dataclass(frozen=True)
class RawTable:
    """Images and tags as a source has them.

    Attributes:
        image_ids: One name an image, (images,) strings without nulls.
        tags: Frame of ``row`` (int64, location in ``image_ids``), ``tag`` (strings or an Enum,
            stripped, not empty), and ``confidence`` (float64) if the source has one. Duplicates
            are kept.
        columns: Further columns, one row an image; no columns where there are none.
        paths: Path of each picture as written in the source, or None.
        picture_bytes: Encoded picture of each image, or None.
        notes: Remarks of the reader, a sentence each.
        rows: Rows, lines or files read.
        form: How the table was laid out; None where the source is no table.
    """

    image_ids: pl.Series
    tags: pl.DataFrame
    rows: int
    columns: pl.DataFrame = field(default_factory=pl.DataFrame)
    paths: pl.Series | None = None
    picture_bytes: pl.Series | None = None
    notes: tuple[str, ...] = ()
    form: TableForm | None = None


@dataclass(frozen=True)
class ChunkOptions:
    """How a source is read chunk by chunk.

    Attributes:
        columns: Further columns that are wanted, where the source has them, in any case.
        chunk_bytes: About how much of a file is held as text at a time.
        on_bytes: Called with the bytes of the source that have been read so far.
    """

    columns: tuple[str, ...] = ()
    chunk_bytes: int = 1 << 25
    on_bytes: Callable[[int], None] = lambda _: None

    def wants(self, name: str) -> bool:
        """Whether a further column of this name is wanted."""
        return name in self.columns or plain_name(name) in self.columns


def _any_source(_: Path) -> bool:
    return True


class Reader(NamedTuple):
    """One format.

    Attributes:
        read: Reads a source of the format.
        description: One line: what the format looks like.
        suffixes: Endings of file names that may hold it, lower case.
        fits: Whether a file with such an ending, or a folder, holds this format, judged by its
            beginning.
        read_chunks: Reads a source image by image in bounded memory, pictures and paths left out;
            None where the format has to be read whole.
        files: Whether a source may be a file.
        folders: Whether a source may be a folder.
    """

    read: Callable[[Path, ReadOptions], RawTable]
    description: str
    suffixes: tuple[str, ...] = ()
    fits: Callable[[Path], bool] = _any_source
    read_chunks: Callable[[Path, ReadOptions, ChunkOptions], Iterator[RawTable]] | None = None
    files: bool = True
    folders: bool = False
