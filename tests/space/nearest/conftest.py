"""A search written for the tests, and both ways of searching to hold beside it."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from labelsphere.space.nearest.by_product import search_by_product
from labelsphere.space.nearest.by_tiles import search_by_tiles
from labelsphere.space.nearest.problem import Found, Labels

Naive = Callable[..., tuple[np.ndarray, np.ndarray]]


@pytest.fixture(scope="session")
def naive_search() -> Naive:
    """Labels by falling score, then by number; each score rounded once, from the exact sum."""

    def search(
        points: np.ndarray, vectors: np.ndarray, bias: np.ndarray, count: int, *, cosine: bool
    ) -> tuple[np.ndarray, np.ndarray]:
        numbers, scores = [], []
        for point in points.astype(np.float64):
            norm = math.sqrt(math.fsum(point * point)) if cosine else 1.0
            products = [math.fsum(row) for row in vectors.astype(np.float64) * point]
            row = np.array(products) / (norm or 1.0) + bias.astype(np.float64)
            order = sorted(range(len(row)), key=lambda label: (-row[label], label))[:count]
            numbers.append(order)
            scores.append(row[order])
        return np.array(numbers).reshape(len(points), -1), np.array(scores).reshape(len(points), -1)

    return search


@pytest.fixture(params=[search_by_product, search_by_tiles], ids=["product", "tiles"])
def search(request: pytest.FixtureRequest) -> Callable[..., Found]:
    """Search all points, none of them zero, by one of the two ways."""

    def run(points: np.ndarray, labels: Labels, count: int) -> Found:
        found = Found(
            np.full((len(points), count), -1, np.int64),
            np.full((len(points), count), np.nan, np.float32),
        )
        request.param(points, labels, np.arange(len(points)), found)
        return found

    return run
