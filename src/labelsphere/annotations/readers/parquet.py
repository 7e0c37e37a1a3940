"""Reader of Parquet: a column of lists of tags, and encoded pictures if they are stored."""

from collections.abc import Iterator
from contextlib import contextmanager
from os import SEEK_END
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from labelsphere.annotations.file_kinds import refuse_other_kind
from labelsphere.annotations.readers.chunks import FrameChunk, tables_from_frames
from labelsphere.annotations.readers.frame import layout_of, table_from_frame
from labelsphere.annotations.readers.own_output import needed_columns
from labelsphere.annotations.readers.parquet_types import ClassNames, class_names, plain_types
from labelsphere.annotations.readers.raw import ChunkOptions, RawTable, ReadOptions, row_after
from labelsphere.errors import DataError

_MAGIC = b"PAR1"
_BYTES_A_ROW = 128
"""Estimated size of a row as text, which determines the rows of a chunk."""


def read_parquet(path: Path, options: ReadOptions) -> RawTable:
    """Read a Parquet file; stored pictures stay encoded.

    Raises:
        DataError: If the file is not Parquet, or a column is missing or has the wrong type.
    """
    return table_from_frame(read_parquet_frame(path), options, path)


def read_parquet_frame(path: Path) -> pl.DataFrame:
    """Read a table with all columns, and replace class numbers by names.

    Raises:
        DataError: If the file is not Parquet.
    """
    with _parquet_errors(path):
        frame = pl.read_parquet(path, glob=False)
        names = class_names(pq.read_schema(path).metadata)
    return plain_types(frame, names)


def read_parquet_chunks(
    path: Path, options: ReadOptions, chunks: ChunkOptions
) -> Iterator[RawTable]:
    """Read a Parquet file in bounded memory: some rows of a row group at a time, no pictures.

    Raises:
        DataError: As `read_parquet`.
    """
    with _parquet_errors(path):
        schema = pl.read_parquet_schema(path)
        groups = pq.ParquetFile(path).metadata
        names = class_names(pq.read_schema(path).metadata)
    size = sum(groups.row_group(number).total_byte_size for number in range(groups.num_row_groups))
    none = plain_types(pl.DataFrame(schema=schema), names)
    try:
        layout = layout_of(none, options)
    except DataError as error:
        raise DataError(f"{path}: {error}") from error
    needed = {layout.image, layout.tags, layout.confidence, layout.folder, layout.absent}
    needed |= needed_columns(list(schema))
    wanted = {name for name in schema if name in needed or chunks.wants(name)}
    chosen = [name for name in schema if name in wanted - {layout.pictures}]
    frames = _frames(path, chosen, names, chunks)
    return tables_from_frames(frames, size, options, chunks, path, layout)


def _frames(
    path: Path, chosen: list[str], names: ClassNames, chunks: ChunkOptions
) -> Iterator[FrameChunk]:
    done = 0
    with _parquet_errors(path), pq.ParquetFile(path, pre_buffer=False) as file:
        total = max(file.metadata.num_rows, 1)
        rows_at_once = max(1, chunks.chunk_bytes // _BYTES_A_ROW)
        for batch in file.iter_batches(rows_at_once, columns=chosen):
            frame = plain_types(pl.DataFrame(pl.from_arrow(batch)).select(chosen), names)
            yield FrameChunk(frame, done, row_after(done))
            done += frame.height
            chunks.on_bytes(path.stat().st_size * done // total)


@contextmanager
def _parquet_errors(path: Path) -> Iterator[None]:
    """Raise errors that describe the fault of a file."""
    refuse_other_kind(path, "a Parquet file", but="a Parquet file")
    if not path.stat().st_size:
        raise DataError(f"{path} is empty; expected a Parquet file")
    try:
        yield
    except (pl.exceptions.PolarsError, pa.ArrowException, OSError) as error:
        raise DataError(f"{path} {_fault(path, error)}") from error


def _fault(path: Path, error: Exception) -> str:
    """Describe the fault of a file that cannot be read as Parquet, and how to fix it."""
    with path.open("rb") as file:
        start = file.read(len(_MAGIC))
        file.seek(0, SEEK_END)
        file.seek(max(file.tell() - len(_MAGIC), 0))
        end = file.read()
    if start != _MAGIC:
        return "is not a Parquet file; give it another ending, or give the argument `format`"
    if end != _MAGIC:
        return "is Parquet, but truncated: its end is missing; download or write it again"
    what = str(error).partition("\n")[0].removeprefix("parquet: ")
    return f"cannot be read as Parquet: {what}; write it again"
