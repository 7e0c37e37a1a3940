"""Tables part by part: rows of one image are brought together, whichever parts they are in."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import polars as pl
import pyarrow as pa

from labelsphere.annotations.readers.cells import numbers_of, tags_in_text
from labelsphere.annotations.readers.frame import (
    Layout,
    layout_of,
    named_images,
    table_from_frame,
)
from labelsphere.annotations.readers.raw import PartOptions, RawTable, ReadOptions
from labelsphere.errors import DataError

_MOST_FILES = 256
_ROW = "number of the row"


class FramePart(NamedTuple):
    """Some rows of a table.

    Attributes:
        frame: The rows.
        first_row: Rows of the table before these.
    """

    frame: pl.DataFrame
    first_row: int


def tables_from_frames(
    frames: Iterable[FramePart],
    size: int,
    options: ReadOptions,
    parts: PartOptions,
    source: Path,
    layout: Layout | None = None,
) -> Iterator[RawTable]:
    """Take the tags out of the parts of a table, as `table_from_frame` does out of the whole.

    Where each row is one tag, the rows of an image may stand anywhere. If there is more than one
    part, the rows are first dealt by image into files in the system's folder for temporary files,
    as large as the table in all, and each file is then a part: images come in another order.

    Args:
        frames: The parts, none empty, all with the same columns.
        size: Bytes of the table as text, about.
        options: What the user named.
        parts: What else is wanted.
        source: Where the table came from, for messages.
        layout: What the columns are, where the parts lack some of the table's columns.

    Raises:
        DataError: If a column is missing or of the wrong type, or a wanted column differs from
            tag to tag of an image.
    """
    coming = iter(frames)
    first = next(coming, None)
    if first is None:
        raise DataError(f"{source} has no rows; expected images and their tags")
    try:
        layout = layout or layout_of(first.frame, options)
    except DataError as error:
        raise DataError(f"{source}: {error}") from error
    wanted = [name for name in parts.columns if name in _further(first.frame, layout)]
    named = replace(options, tag_column=layout.tags, image_column=layout.image or _ROW)
    second = next(coming, None)
    rest = chain([first], [] if second is None else [second], coming)
    lean: Iterator[FramePart] = (_lean(part, layout, wanted) for part in rest)
    if layout.long and layout.image is not None and second is not None:
        lean = _dealt(lean, layout, size, parts, source)
    notes: tuple[str, ...] | None = None
    for part in lean:
        table = table_from_frame(part.frame, named, source, part.first_row)
        lost = [name for name in wanted if name not in table.columns.columns]
        if lost:
            raise DataError(
                f"{source}: column {lost[0]!r} differs from tag to tag of an image; "
                "expected one value an image"
            )
        # What looks odd is told of the first part: it looks odd in all of them.
        notes = table.notes if notes is None else ()
        yield replace(table, notes=notes, paths=None, picture_bytes=None)


def _further(frame: pl.DataFrame, layout: Layout) -> list[str]:
    taken = (layout.image, layout.tags, layout.confidence, layout.pictures)
    return [name for name in frame.columns if name not in taken]


def _lean(part: FramePart, layout: Layout, wanted: list[str]) -> FramePart:
    """The columns that are needed; images that nothing names get the number of their row."""
    needed = [name for name in (layout.tags, layout.confidence, *wanted) if name is not None]
    if layout.image is not None:
        return FramePart(part.frame.select(layout.image, *needed), part.first_row)
    numbers = pl.int_range(part.first_row, part.first_row + part.frame.height, eager=True)
    numbered = part.frame.select(numbers.cast(pl.String).alias(_ROW), *needed)
    return FramePart(numbered, part.first_row)


def _dealt(
    frames: Iterable[FramePart], layout: Layout, size: int, parts: PartOptions, source: Path
) -> Iterator[FramePart]:
    """The same rows, those of an image in one part."""
    count = min(_MOST_FILES, 2 + size // max(parts.part_bytes, 1))
    with TemporaryDirectory(prefix="labelsphere-") as folder:
        places = [Path(folder) / f"{number}.arrow" for number in range(count)]
        try:
            _deal(frames, layout, places)
        except DataError as error:
            raise DataError(f"{source}: {error}") from error
        row = 0
        for place in places:
            if place.exists():
                frame = pl.read_ipc_stream(place)
                place.unlink()
                yield FramePart(frame, row)
                row += frame.height


def _deal(frames: Iterable[FramePart], layout: Layout, places: list[Path]) -> None:
    assert layout.image is not None
    writers: dict[int, pa.RecordBatchStreamWriter] = {}
    try:
        for frame, first_row in frames:
            # What is wrong with a row is told before it loses its number.
            tags_in_text(frame[layout.tags].head(1), "", None)
            columns = {layout.image: named_images(frame[layout.image], first_row)}
            columns |= {
                name: frame[name].cast(pl.String)
                for name in frame.columns
                if name not in (layout.image, layout.confidence)
            }
            if layout.confidence is not None:
                columns[layout.confidence] = numbers_of(frame[layout.confidence], first_row)
            numbered = pl.DataFrame(columns).with_columns(
                (pl.col(layout.image).hash(seed=0) % len(places)).alias("\0part")
            )
            for (number,), rows in numbered.partition_by(
                "\0part", as_dict=True, include_key=False, maintain_order=True
            ).items():
                table = rows.to_arrow(compat_level=pl.CompatLevel.oldest())
                if number not in writers:
                    writers[number] = pa.ipc.new_stream(places[number], table.schema)
                writers[number].write_table(table)
    finally:
        for writer in writers.values():
            writer.close()
