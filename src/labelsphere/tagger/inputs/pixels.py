"""Decoded pictures, kept in memory if they fit."""

import os

import numpy as np
from numpy.typing import NDArray

from labelsphere.annotations import Pictures
from labelsphere.arrays import BoolArray, IntArray
from labelsphere.errors import DataError
from labelsphere.tagger.inputs.decoding import read_square
from labelsphere.tagger.inputs.protocol import Progress
from labelsphere.tagger.inputs.threads import map_ahead

_ROWS_A_TASK = 32


class PixelStore:
    """Square pictures. Each is decoded once if all fit in memory, else every time.

    Args:
        pictures: Encoded pictures.
        size: Side of the square in pixels.
        fit: How a picture is made square, see `decode_picture`.
        memory_limit: Bytes that decoded pictures may take.
        workers: Number of decoding threads; the number of CPUs if None.
    """

    def __init__(
        self, pictures: Pictures, size: int, fit: str, memory_limit: int, workers: int | None
    ) -> None:
        self._pictures = pictures
        self._size = size
        self._fit = fit
        self._workers = workers or os.cpu_count() or 1
        fits = len(pictures) * size * size * 3 <= memory_limit
        # The system allocates memory at the first write, so unused rows take none.
        self._kept = np.empty((len(pictures), size, size, 3), np.uint8) if fits else None
        # State of each picture. Decoded pictures are kept if all fit.
        self._good = np.zeros(len(pictures), np.bool_)
        self._broken = np.zeros(len(pictures), np.bool_)

    def take(self, rows: IntArray) -> NDArray[np.uint8]:
        """Return pixels of pictures, uint8 (b, size, size, 3), a new array.

        Raises:
            DataError: If a picture cannot be read or decoded.
        """
        if self._kept is None:
            return self._decode(rows)
        missing = rows[~self._good[rows]]
        if len(missing):
            self._kept[missing] = self._decode(missing)
            self._good[missing] = True
        return self._kept[rows]

    def usable(self, rows: IntArray, progress: Progress | None = None) -> BoolArray:
        """Find the pictures that can be decoded. Each is decoded once, and kept if all fit.

        Args:
            rows: Row numbers, (b,).
            progress: Called with the number of checked rows and of all.

        Returns:
            One flag for each of ``rows``.
        """
        unknown = rows[~(self._good[rows] | self._broken[rows])]
        starts = range(0, len(unknown), _ROWS_A_TASK)
        tasks = (unknown[start : start + _ROWS_A_TASK] for start in starts)
        done = len(rows) - len(unknown)
        for tried in map_ahead(self._try, tasks, self._workers):
            done += tried
            if progress:
                progress(done, len(rows))
        return self._good[rows]

    def _try(self, rows: IntArray) -> int:
        for row in rows.tolist():
            try:
                pixels = self._decode_one(row)
            except DataError:
                self._broken[row] = True
                continue
            if self._kept is not None:
                self._kept[row] = pixels
            self._good[row] = True
        return len(rows)

    def _decode(self, rows: IntArray) -> NDArray[np.uint8]:
        pixels = np.empty((len(rows), self._size, self._size, 3), np.uint8)
        workers = min(self._workers, len(rows) // 2)
        for index, picture in enumerate(map_ahead(self._decode_one, rows.tolist(), workers)):
            pixels[index] = picture
        return pixels

    def _decode_one(self, row: int) -> NDArray[np.uint8]:
        return read_square(self._pictures, row, self._size, self._fit)
