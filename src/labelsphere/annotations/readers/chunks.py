"""Reading of tables in chunks, with all rows of an image in one chunk."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from labelsphere.annotations.pipes import temporary_folder_full
from labelsphere.annotations.readers.cells import numbers_of, tags_in_text
from labelsphere.annotations.readers.frame import (
    Layout,
    layout_of,
    named_images,
    table_from_frame,
    within_folders,
)
from labelsphere.annotations.readers.own_output import accepted_tags
from labelsphere.annotations.readers.raw import (
    ChunkOptions,
    RawTable,
    ReadOptions,
    RowLocation,
    counted_row,
    in_file,
)
from labelsphere.errors import DataError

_MOST_FILES = 256
_ROW = "number of the row"


class FrameChunk(NamedTuple):
    """Rows of a table.

    Attributes:
        frame: The rows.
        first_row: Number of rows before these.
        location: Function that describes the location of a row, for messages.
        notes: Sentences about suspicious contents.
    """

    frame: pl.DataFrame
    first_row: int
    location: RowLocation = counted_row
    notes: tuple[str, ...] = ()


def tables_from_frames(
    frames: Iterable[FrameChunk],
    size: int,
    options: ReadOptions,
    chunks: ChunkOptions,
    source: Path,
    layout: Layout | None = None,
) -> Iterator[RawTable]:
    """Extract the tags from the chunks of a table, as `table_from_frame` does for a whole table.

    In the long form, the rows of an image may be anywhere. With more than one chunk, the rows are
    first distributed by image to temporary files, which take as much disk space as the table. Each
    file is then a chunk, so the order of the images changes.

    Args:
        frames: Non-empty chunks with the same columns.
        size: Approximate size of the table as text, in bytes.
        options: Options of the user.
        chunks: Size of a chunk, and wanted further columns.
        source: Path of the table, for messages.
        layout: Layout of the table, if the chunks lack some of its columns.

    Raises:
        DataError: If a column is missing or of the wrong type, or a wanted column differs from
            tag to tag of an image.
        WriteError: If the temporary files cannot be written.
    """
    coming = map(_accepted, frames)
    first = next(coming, None)
    if first is None:
        raise DataError(f"{source} has no rows; expected images and their tags")
    try:
        layout = layout or layout_of(first.frame, options)
    except DataError as error:
        raise DataError(f"{source}: {error}") from error
    wanted = [name for name in _further(first.frame, layout) if chunks.wants(name)]
    named = replace(options, tag_column=layout.tags, image_column=layout.image or _ROW)
    second = next(coming, None)
    rest = chain([first], [] if second is None else [second], coming)
    lean: Iterator[FrameChunk] = (_lean(chunk, layout, wanted) for chunk in rest)
    if layout.long and layout.image is not None and second is not None:
        lean = _dealt(lean, layout, size, chunks, source)
    given: set[str] = set()
    weighted: bool | None = None
    for chunk in lean:
        table = table_from_frame(chunk.frame, named, source, chunk.location, chunk.notes)
        weighted = "confidence" in table.tags if weighted is None else weighted
        if weighted != ("confidence" in table.tags):
            raise DataError(
                f"{source}: {layout.confidence!r} has values outside 0 to 1, though those before "
                "are confidences; expected values from 0 to 1, or another name for the column"
            )
        lost = [name for name in wanted if name not in table.columns.columns]
        if lost:
            raise DataError(
                f"{source}: column {lost[0]!r} differs from tag to tag of an image; "
                "expected one value per image"
            )
        # A note that applies to many chunks is given once.
        notes = tuple(note for note in table.notes if _kind(note) not in given)
        given |= {_kind(note) for note in notes}
        yield replace(table, notes=notes, paths=None, picture_bytes=None)


def _accepted(chunk: FrameChunk) -> FrameChunk:
    frame, left_out = accepted_tags(chunk.frame)
    return chunk._replace(frame=frame, notes=(*chunk.notes, *left_out))


def _kind(note: str) -> str:
    """Remove the numbers and examples from a note."""
    return re.sub(r"'[^']*'|\([^)]*\)|[\d,]+", "", note)


def _further(frame: pl.DataFrame, layout: Layout) -> list[str]:
    taken = {layout.image, layout.tags, layout.confidence, layout.pictures}
    taken |= {layout.folder, layout.absent}
    return [name for name in frame.columns if name not in taken]


def _lean(chunk: FrameChunk, layout: Layout, wanted: list[str]) -> FrameChunk:
    """Select the needed columns; an image without an id gets the number of its row."""
    columns = (layout.tags, layout.confidence, layout.absent, *wanted)
    needed = [name for name in columns if name is not None]
    frame = chunk.frame
    if layout.image is None:
        numbers = pl.int_range(chunk.first_row, chunk.first_row + frame.height, eager=True)
        image = numbers.cast(pl.String).alias(_ROW)
    elif layout.folder is not None:
        names = named_images(frame[layout.image], chunk.location)
        image = within_folders(frame[layout.folder], names).alias(layout.image)
    else:
        image = frame[layout.image]
    return chunk._replace(frame=frame.select(image, *needed))


def _dealt(
    frames: Iterable[FrameChunk], layout: Layout, size: int, chunks: ChunkOptions, source: Path
) -> Iterator[FrameChunk]:
    """Regroup the rows, with all rows of an image in one chunk."""
    count = min(_MOST_FILES, 2 + size // max(chunks.chunk_bytes, 1))
    with TemporaryDirectory(prefix="labelsphere-") as folder:
        files = [Path(folder) / f"{number}.arrow" for number in range(count)]
        try:
            _deal(frames, layout, files)
        except DataError as error:
            raise in_file(source, error) from error
        except OSError as error:
            raise temporary_folder_full(error) from error
        row = 0
        for file in files:
            if file.exists():
                frame = pl.read_ipc_stream(file)
                file.unlink()
                yield FrameChunk(frame, row)
                row += frame.height


def _deal(frames: Iterable[FrameChunk], layout: Layout, files: list[Path]) -> None:
    assert layout.image is not None
    writers: dict[int, pa.RecordBatchStreamWriter] = {}
    try:
        for frame, _, location, _ in frames:
            # Raise errors of a row while its number is known.
            tags_in_text(frame[layout.tags], "", None, location)
            columns = {layout.image: named_images(frame[layout.image], location)}
            columns |= {
                name: frame[name].cast(pl.String)
                for name in frame.columns
                if name not in (layout.image, layout.confidence)
            }
            if layout.confidence is not None:
                columns[layout.confidence] = numbers_of(frame[layout.confidence], location)
            numbered = pl.DataFrame(columns).with_columns(
                (pl.col(layout.image).hash(seed=0) % len(files)).alias("\0file")
            )
            for (number,), rows in numbered.partition_by(
                "\0file", as_dict=True, include_key=False, maintain_order=True
            ).items():
                table = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
                if number not in writers:
                    writers[number] = pa.ipc.new_stream(files[number], table.schema)
                writers[number].write_table(table)
    finally:
        for writer in writers.values():
            writer.close()
