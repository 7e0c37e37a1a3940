"""Where an image's encoded bytes are: files on disk, or a column of bytes."""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import polars as pl

from labelsphere.arrays import IntArray


class Pictures(Protocol):
    """Encoded images, one per row of the annotations. Nothing is decoded here."""

    def __len__(self) -> int:
        """Number of images."""

    def read(self, row: int) -> bytes:
        """The encoded bytes of one image.

        Raises:
            OSError: If the file is missing or cannot be read.
        """

    def name(self, row: int) -> str:
        """What to call the image in a message."""

    def select(self, rows: IntArray) -> "Pictures":
        """The pictures of some rows, in their order."""


class PictureFiles:
    """Images that are files.

    Args:
        paths: One path an image.
    """

    def __init__(self, paths: Sequence[str | Path]) -> None:
        # Text takes a third of a Path's memory, and there may be millions.
        self._paths = [str(path) for path in paths]

    def __len__(self) -> int:
        return len(self._paths)

    def read(self, row: int) -> bytes:
        """The file's contents."""
        return Path(self._paths[row]).read_bytes()

    def name(self, row: int) -> str:
        """The file's path."""
        return self._paths[row]

    def select(self, rows: IntArray) -> "PictureFiles":
        """The files of some rows."""
        return PictureFiles([self._paths[row] for row in np.asarray(rows).tolist()])


class PictureBytes:
    """Images that are stored as bytes in a table, as in Hugging Face's ``Image`` column.

    Args:
        column: Binary series, one encoded image a row; null where there is none.
        names: One name an image.
    """

    def __init__(self, column: pl.Series, names: Sequence[str]) -> None:
        self._column = column
        self._names = list(names)

    def __len__(self) -> int:
        return len(self._names)

    def read(self, row: int) -> bytes:
        """The stored bytes; empty where the table has none."""
        value: bytes | None = self._column[row]
        return value or b""

    def name(self, row: int) -> str:
        """The image's id."""
        return self._names[row]

    def select(self, rows: IntArray) -> "PictureBytes":
        """The bytes of some rows."""
        chosen = np.asarray(rows).tolist()
        return PictureBytes(self._column[chosen], [self._names[row] for row in chosen])
