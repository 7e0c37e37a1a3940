"""Encoded pictures: files, or a column of bytes."""

import errno
import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from labelsphere.annotations.file_names import printable
from labelsphere.arrays import IntArray

if TYPE_CHECKING:
    import polars as pl

MOST_BYTES = 2**30
"""Largest size of a picture; larger files are not read into memory."""


class Pictures(Protocol):
    """Encoded images, one per row of the annotations. Nothing is decoded here."""

    def __len__(self) -> int:
        """Number of images."""

    def read(self, row: int) -> bytes:
        """Return the encoded bytes of one image.

        Raises:
            OSError: If the file is missing or cannot be read.
        """

    def name(self, row: int) -> str:
        """Return the name of the image, for messages."""

    def select(self, rows: IntArray) -> "Pictures":
        """Select the pictures of some rows, in their order."""


class PictureFiles:
    """Images in files.

    Args:
        paths: One path per image.
    """

    def __init__(self, paths: Sequence[str | Path]) -> None:
        # A text needs a third of a Path's memory, and there may be millions.
        self._paths = [str(path) for path in paths]

    def __len__(self) -> int:
        return len(self._paths)

    def read(self, row: int) -> bytes:
        """Return the file's contents.

        Raises:
            OSError: If the file is missing, not regular, or cannot be read.
        """
        return read_regular_file(self._paths[row])

    def name(self, row: int) -> str:
        r"""Return the file's path; a byte that is not UTF-8 becomes ``\xe9``."""
        return printable(self._paths[row])

    def select(self, rows: IntArray) -> "PictureFiles":
        """Select the files of some rows."""
        return PictureFiles([self._paths[row] for row in np.asarray(rows).tolist()])


class PictureBytes:
    """Images that are stored as bytes in a table, as in Hugging Face's ``Image`` column.

    Args:
        column: Binary series, one encoded image per row; null for none.
        names: One name per image.
    """

    def __init__(self, column: "pl.Series", names: Sequence[str]) -> None:
        self._column = column
        self._names = list(names)

    def __len__(self) -> int:
        return len(self._names)

    def read(self, row: int) -> bytes:
        """Return the stored bytes; empty if the table has none."""
        value: bytes | None = self._column[row]
        return value or b""

    def name(self, row: int) -> str:
        """Return the image's id."""
        return self._names[row]

    def select(self, rows: IntArray) -> "PictureBytes":
        """Select the bytes of some rows."""
        chosen = np.asarray(rows).tolist()
        return PictureBytes(self._column[chosen], [self._names[row] for row in chosen])


def read_regular_file(path: str | Path) -> bytes:
    """Read a regular file. Refuses pipes, devices and sockets, which may block or never end.

    Raises:
        OSError: If the file is missing, not regular, too large, or cannot be read.
    """
    try:
        status = os.stat(path)  # noqa: PTH116 - a path of text, and there may be millions
    except ValueError as error:
        raise FileNotFoundError(errno.ENOENT, str(error), str(path)) from error
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if kind := special_kind(status.st_mode):
        raise OSError(errno.EINVAL, f"{kind}, not a regular file", str(path))
    if status.st_size > MOST_BYTES:
        raise OSError(errno.EFBIG, f"larger than {MOST_BYTES // 2**20:,} MiB", str(path))
    return Path(path).read_bytes()


def special_kind(mode: int) -> str:
    """Return the kind of a special file; empty for regular files and folders.

    Args:
        mode: ``st_mode`` from ``os.stat``.
    """
    return next((name for is_kind, name in _SPECIAL_KINDS if is_kind(mode)), "")


_SPECIAL_KINDS = (
    (stat.S_ISFIFO, "a named pipe"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISSOCK, "a socket"),
)
