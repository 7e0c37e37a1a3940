"""Annotations that hold something of each kind that a format may keep or lose."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from scipy.sparse import csr_array

from labelsphere.annotations import Annotations

ROWS = [["cat", "deep sea"], ["cat"], [], ['24" <b> & "é"']]
IDS = ["a.jpg", "sub/b.jpg", "c d.jpg", "e.jpg"]

MakeTags = Callable[..., Annotations]


@pytest.fixture(scope="session")
def make_tags() -> MakeTags:
    """A function that makes them, with or without known absences and confidences below 1."""

    def make(*, absent: bool = True, confidences: bool = True) -> Annotations:
        found = Annotations.from_lists(ROWS, image_ids=IDS)
        matrix = found.matrix.copy()
        if confidences:
            matrix.data[0] = 0.3
        known = csr_array(np.array([[0, 1, 0], [0, 0, 1], [1, 1, 1], [0, 0, 0]], np.float32))
        columns = pl.DataFrame({"split": ["train", "train", "val", "test"], "width": [1, 2, 3, 4]})
        return replace(found, matrix=matrix, absent=known if absent else None, columns=columns)

    return make
