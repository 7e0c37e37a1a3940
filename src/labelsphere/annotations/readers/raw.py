"""Types that all readers share: unfiltered images and tags of a source."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import polars as pl

from labelsphere.annotations.readers.columns import plain_name
from labelsphere.annotations.table_form import TableForm
from labelsphere.errors import DataError

RowLocation = Callable[[int], str]
"""Function from a row to its location in the source, for messages, such as ``"line 7"``."""


def counted_row(row: int) -> str:
    """Return the number of a row, from 1, as its location."""
    return f"row {row + 1:,}"


def row_after(before: int) -> RowLocation:
    """Return locations by number, for a frame that is preceded by other rows."""
    return lambda row: counted_row(before + row)


def in_file(path: Path, error: DataError) -> DataError:
    """Add the file's name to an error about a location in it: ``tags.csv line 7: …``."""
    text = str(error)
    joint = " " if text.startswith(("line ", "entry ")) else ": "
    return DataError(f"{path}{joint}{text}")


@dataclass(frozen=True)
class ReadOptions:
    """Options of the user for a source.

    Attributes:
        separator: Text between the tags of a cell; empty for one tag per row; None for the
            format's default.
        image_column: Column of the image; None to recognise it.
        tag_column: Column of the tags; None to recognise it.
    """

    separator: str | None = None
    image_column: str | None = None
    tag_column: str | None = None


@dataclass(frozen=True)
class RawTable:
    """Unfiltered images and tags of a source.

    Attributes:
        image_ids: One name per image, (images,) strings without nulls.
        tags: Frame of ``row`` (int64, location in ``image_ids``), ``tag`` (strings or an Enum,
            stripped, not empty), and ``confidence`` (float64) if the source has one. Duplicates
            are kept.
        columns: Further columns, one row per image; may have no columns.
        paths: Path of each picture as written in the source, or None.
        picture_bytes: Encoded picture of each image, or None.
        notes: Remarks of the reader, one sentence each.
        rows: Number of rows, lines or files.
        form: Layout of the table; None for other sources.
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
    """Options for reading in chunks.

    Attributes:
        columns: Wanted further columns, in any case; missing ones are ignored.
        chunk_bytes: Approximate size of a chunk, as text.
        on_bytes: Called with the number of bytes read so far.
    """

    columns: tuple[str, ...] = ()
    chunk_bytes: int = 1 << 25
    on_bytes: Callable[[int], None] = lambda _: None

    def wants(self, name: str) -> bool:
        """Return whether a further column of this name is wanted."""
        return name in self.columns or plain_name(name) in self.columns


def _any_source(_: Path) -> bool:
    return True


class Reader(NamedTuple):
    """Entry of a format in the registry.

    Attributes:
        read: Function that reads a source of the format.
        description: One line about the format.
        suffixes: Endings of its files, in lower case.
        fits: Function that returns whether a file with such an ending, or a folder, has this
            format, by its beginning.
        read_chunks: Function that reads a source in bounded memory, without pictures and paths;
            None if the format must be read at once.
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
