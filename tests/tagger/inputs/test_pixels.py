"""Pixels are those of decoding one by one; pictures are decoded once if all fit in memory."""

import io
from collections import Counter

import numpy as np
import polars as pl
import pytest
from PIL import Image

from labelsphere.annotations import PictureBytes
from labelsphere.errors import DataError
from labelsphere.tagger.inputs.decoding import decode_picture
from labelsphere.tagger.inputs.pixels import PixelStore

SIZE = 8
ALL = 7 * SIZE * SIZE * 3


def encoded(number: int) -> bytes:
    pixels = np.random.default_rng(number).integers(0, 256, (12, 9, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


DATA = [encoded(number) for number in range(6)] + [b"broken"]


class Counted(PictureBytes):
    """Pictures that count how often each is read."""

    def __init__(self) -> None:
        super().__init__(pl.Series(DATA, dtype=pl.Binary), [f"{n}.png" for n in range(len(DATA))])
        self.reads: Counter[int] = Counter()

    def read(self, row: int) -> bytes:
        self.reads[row] += 1
        return super().read(row)


@pytest.mark.parametrize("limit", [ALL, ALL - 1, 0])
@pytest.mark.parametrize("workers", [1, 3])
def test_pixels_are_those_of_each_picture(limit: int, workers: int) -> None:
    store = PixelStore(Counted(), SIZE, "stretch", limit, workers)
    for rows in ([3], [5, 0, 5], [], [1, 2, 3, 4]):
        expected = [decode_picture(DATA[row], SIZE, "stretch") for row in rows]
        found = store.take(np.array(rows, np.int64))
        np.testing.assert_array_equal(found, np.reshape(expected, (-1, SIZE, SIZE, 3)))
        found[:] = 0  # A copy: the next call has the picture again.


@pytest.mark.parametrize(("limit", "reads"), [(ALL, 1), (ALL - 1, 3)])
def test_pictures_are_kept_only_where_all_fit(limit: int, reads: int) -> None:
    pictures = Counted()
    store = PixelStore(pictures, SIZE, "pad", limit, None)
    for _ in range(3):
        store.take(np.array([0, 1]))
    assert pictures.reads == Counter({0: reads, 1: reads})


def test_a_picture_is_tried_once_and_the_progress_counts_all() -> None:
    pictures = Counted()
    store = PixelStore(pictures, SIZE, "pad", ALL, 2)
    seen: list[tuple[int, int]] = []
    assert store.usable(np.array([6, 0])).tolist() == [False, True]
    flags = store.usable(np.array([0, 6, 1]), lambda done, total: seen.append((done, total)))
    assert flags.tolist() == [True, False, True]
    assert seen == [(3, 3)]
    assert pictures.reads == Counter({0: 1, 6: 1, 1: 1})
    with pytest.raises(DataError, match=r"6\.png cannot be decoded"):
        store.take(np.array([0, 6]))
