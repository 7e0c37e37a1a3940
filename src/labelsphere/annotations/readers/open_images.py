"""Reader of Open Images' labels: ``ImageID,Source,LabelName,Confidence``, one row per label."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from labelsphere.annotations.readers.chunks import FrameChunk, tables_from_frames
from labelsphere.annotations.readers.delimited import frame_chunks, read_frame
from labelsphere.annotations.readers.frame import table_from_frame
from labelsphere.annotations.readers.opening import delimiter_of
from labelsphere.annotations.readers.raw import ChunkOptions, RawTable, ReadOptions
from labelsphere.annotations.text import first_line
from labelsphere.errors import DataError

_NEEDED = ("ImageID", "LabelName")


def read_open_images(path: Path, options: ReadOptions) -> RawTable:
    """Read image-level labels. Confidence 0 is a known absence.

    Labels are codes such as ``/m/01g317``; the class descriptions have their names (see
    ``label_names`` of `Annotations.read`).

    Raises:
        DataError: If a column is missing or a confidence is not a number.
    """
    table = read_frame(path)
    _check_columns(table.frame, path)
    return table_from_frame(table.frame, _named(options), path, table.location, table.notes)


def read_open_images_chunks(
    path: Path, options: ReadOptions, chunks: ChunkOptions
) -> Iterator[RawTable]:
    """Read such a file in bounded memory.

    Raises:
        DataError: As `read_open_images`.
    """
    size = path.stat().st_size
    return tables_from_frames(_checked(path, chunks), size, _named(options), chunks, path)


def _checked(path: Path, chunks: ChunkOptions) -> Iterator[FrameChunk]:
    for chunk in frame_chunks(path, chunks):
        _check_columns(chunk.frame, path)
        yield chunk


def _check_columns(frame: pl.DataFrame, path: Path) -> None:
    missing = [name for name in _NEEDED if name not in frame.columns]
    if missing:
        raise DataError(
            f"{path} has no column {missing[0]!r}; the columns are: {', '.join(frame.columns)}; "
            "expected Open Images' ImageID,Source,LabelName,Confidence"
        )


def _named(options: ReadOptions) -> ReadOptions:
    return replace(options, separator="", image_column="ImageID", tag_column="LabelName")


def looks_like_open_images(path: Path) -> bool:
    """Return whether a CSV file has Open Images' columns."""
    header = first_line(path)
    names = {name.strip().strip('"') for name in header.split(delimiter_of(header))}
    return set(_NEEDED) <= names
