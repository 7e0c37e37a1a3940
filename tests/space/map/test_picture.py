"""The picture: its size, its dots, its names."""

import io

import numpy as np
from PIL import Image

from labelsphere.annotations import Vocabulary
from labelsphere.space import LabelSpace
from labelsphere.space.map import map_picture, project

VECTORS = np.random.default_rng(0).normal(size=(30, 3)).astype(np.float32)
NAMES = Vocabulary(["$\\frac", "a$b$", *(f"tag {i}" for i in range(28))])
CHART = project(LabelSpace(NAMES, VECTORS, np.arange(30, 0, -1)), "pca")


def ink(names: int) -> int:
    """Pixels that are not white."""
    picture = Image.open(io.BytesIO(map_picture(CHART, names))).convert("L")
    assert picture.size == (1800, 1350)
    return int((np.asarray(picture) < 250).sum())


def test_names_add_to_the_dots() -> None:
    assert 0 < ink(0) < ink(30)
