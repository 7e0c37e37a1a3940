"""Settings for the whole suite, and a tiny planted problem that any method must solve."""

import io
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import settings
from PIL import Image

from labelsphere.annotations import Annotations, PictureBytes

# A deadline measures how busy the machine is, not whether the code is right.
settings.register_profile("labelsphere", deadline=None)
settings.load_profile("labelsphere")

COLOURS = {
    "red": ((220, 30, 30), "warm"),
    "orange": ((250, 150, 20), "warm"),
    "pink": ((250, 130, 180), "warm"),
    "blue": ((30, 30, 220), "cold"),
    "green": ((30, 180, 30), "cold"),
    "black": ((0, 0, 0), "cold"),
}


@pytest.fixture(scope="session")
def coloured_squares() -> Callable[..., Annotations]:
    """Squares of six colours and two sizes on white, 24 pixels: colour, warmth and size are tags.

    Every image has a twin (column ``base``) with the same tags, moved by a pixel. The columns
    ``split`` and ``base`` go with whole pairs of twins.
    """

    def make(images: int = 120, seed: int = 0) -> Annotations:
        random = np.random.default_rng(seed)
        pictures, tags = [], []
        for number in range(images):
            if number % 2 == 0:
                colour, big = list(COLOURS)[random.integers(6)], bool(random.integers(2))
            value, warmth = COLOURS[colour]
            side, place = (14, 4) if big else (6, 8)
            place += number % 2
            pixels = np.full((24, 24, 3), 255, np.uint8)
            pixels[place : place + side, place : place + side] = value
            buffer = io.BytesIO()
            Image.fromarray(pixels).save(buffer, "PNG")
            pictures.append(buffer.getvalue())
            tags.append([colour, warmth, "big" if big else "small"])
        annotations = Annotations.from_lists(tags)
        base = np.arange(images) // 2
        columns = pl.DataFrame(
            {"split": np.array(["train"] * 3 + ["val", "test"])[base % 5], "base": base}
        )
        stored = PictureBytes(pl.Series(pictures, dtype=pl.Binary), annotations.image_ids)
        return replace(annotations, columns=columns, pictures=stored)

    return make
