"""Hashes of pictures' contents, without reading unchanged files again."""

import hashlib
import os
import time
from pathlib import Path

import polars as pl
from polars.exceptions import PolarsError

from labelsphere.annotations import PictureFiles, Pictures
from labelsphere.artefact import new_file
from labelsphere.tagger.inputs import Progress
from labelsphere.tagger.inputs.threads import map_ahead

_SIZE = 16
_RACE = 2 * 10**9
"""Nanoseconds. A file changed this shortly before reading may change again within the same tick of
the file system's clock and look unchanged, so it is read again next time."""

_ROWS_A_TASK = 64

Stamp = tuple[int, int, int, int]
"""Size, time of modification, time of change and inode of a file."""

_SCHEMA = {
    "path": pl.String,
    "size": pl.Int64,
    "modified": pl.Int64,
    "changed": pl.Int64,
    "inode": pl.UInt64,
    "digest": pl.Binary,
}


def content_digest(data: bytes) -> bytes:
    """Hash a picture's encoded bytes to 16 bytes."""
    return hashlib.blake2b(data, digest_size=_SIZE).digest()


def content_digests(
    pictures: Pictures, known: Path | None, progress: Progress | None = None
) -> list[bytes | None]:
    """Hash the contents of each picture.

    A file whose size, times and inode are unchanged since an earlier call is not read again.
    Pictures stored as bytes in a table are always hashed, which takes microseconds each.

    Args:
        pictures: Encoded pictures.
        known: Parquet file with the hashes of files; it is updated if there are new ones. None
            stores nothing.
        progress: Called with the number of finished pictures and of all pictures.

    Returns:
        One hash per picture, None if it cannot be read.
    """
    files = known if isinstance(pictures, PictureFiles) else None
    remembered = _read(files) if files is not None else {}
    fresh: dict[str, tuple[Stamp, bytes]] = {}

    def digest(row: int) -> bytes | None:
        if files is None:
            return _digest(pictures, row)
        path = os.path.abspath(pictures.name(row))  # noqa: PTH100 - a hundred times faster
        stamp = _stamp(path)
        if stamp is None:
            return None
        if path in remembered and remembered[path][0] == stamp:
            return remembered[path][1]
        started = time.time_ns()
        found = _digest(pictures, row)
        if found is not None and max(stamp[1], stamp[2]) + _RACE < started:
            fresh[path] = (stamp, found)
        return found

    def some(start: int) -> list[bytes | None]:
        return [digest(row) for row in range(start, min(start + _ROWS_A_TASK, len(pictures)))]

    found: list[bytes | None] = []
    for block in map_ahead(some, range(0, len(pictures), _ROWS_A_TASK), os.cpu_count() or 1):
        found += block
        if progress is not None:
            progress(len(found), len(pictures))
    if files is not None and fresh:
        _write(files, remembered | fresh)
    return found


def _digest(pictures: Pictures, row: int) -> bytes | None:
    try:
        return content_digest(pictures.read(row))
    except OSError:
        return None


def _stamp(path: str) -> Stamp | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - called for every picture
    except (OSError, ValueError):
        return None
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _read(path: Path) -> dict[str, tuple[Stamp, bytes]]:
    if not path.is_file():
        return {}
    try:
        table = pl.read_parquet(path)
        if dict(table.schema) != _SCHEMA:
            return {}
    except (OSError, PolarsError):
        return {}  # A damaged file is built again.
    return {row[0]: ((row[1], row[2], row[3], row[4]), row[5]) for row in table.iter_rows()}


def _write(path: Path, known: dict[str, tuple[Stamp, bytes]]) -> None:
    rows = [(name, *stamp, digest) for name, (stamp, digest) in known.items()]
    with new_file(path) as temporary:
        pl.DataFrame(rows, schema=_SCHEMA, orient="row").write_parquet(temporary)
