"""What is particular to tiles: their borders, and what happens where bounds are too wide."""

from collections.abc import Callable

import numpy as np
import pytest

from labelsphere.space.nearest import by_tiles
from labelsphere.space.nearest.by_tiles import search_by_tiles
from labelsphere.space.nearest.problem import Found, Labels
from labelsphere.space.nearest.products import HalfProducts, SingleProducts

Naive = Callable[..., tuple[np.ndarray, np.ndarray]]


def searched(points: np.ndarray, labels: Labels, count: int) -> Found:
    found = Found(
        np.full((len(points), count), -1, np.int64), np.zeros((len(points), count), np.float32)
    )
    search_by_tiles(points, labels, np.arange(len(points)), found)
    return found


def random_labels(labels: int, width: int, seed: int = 0) -> Labels:
    vectors = np.random.default_rng(seed).standard_normal((labels, width)).astype(np.float32)
    return Labels(vectors, np.zeros(labels, np.float32), True)


@pytest.mark.parametrize("sizes", [(7, 64), (5, 1000), (64, 333)])
def test_borders_of_tiles_do_not_matter(
    sizes: tuple[int, int], naive_search: Naive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_tiles, "_POINTS_AT_ONCE", sizes[0])
    monkeypatch.setattr(by_tiles, "_LABELS_AT_ONCE", sizes[1])
    monkeypatch.setattr(by_tiles, "_LEAST_ROOM", 64)
    labels = random_labels(1500, 32)
    points = np.random.default_rng(1).standard_normal((23, 32)).astype(np.float32)
    expected = naive_search(points, labels.vectors, labels.bias, 5, cosine=True)
    assert searched(points, labels, 5).numbers.tolist() == expected[0].tolist()


@pytest.mark.parametrize("kind", [HalfProducts, SingleProducts])
def test_either_precision_gives_the_same(kind: type, naive_search: Naive) -> None:
    labels = random_labels(2000, 48)
    labels.__dict__["ways"] = [kind(labels)]
    points = np.random.default_rng(1).standard_normal((6, 48)).astype(np.float32)
    expected = naive_search(points, labels.vectors, labels.bias, 10, cosine=True)
    found = searched(points, labels, 10)
    assert found.numbers.tolist() == expected[0].tolist()
    np.testing.assert_allclose(found.scores, expected[1], rtol=2**-23)


class Watched(SingleProducts):
    """Products that count how often they are asked for."""

    def __init__(self, labels: Labels, off_by: float = 0.0) -> None:
        super().__init__(labels)
        self.tiles, self.off_by = 0, off_by

    def tile(self, points: np.ndarray, start: int, stop: int) -> np.ndarray:
        self.tiles += 1
        return super().tile(points, start, stop) + np.float32(self.off_by)


def test_products_that_leave_too_many_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """All labels alike but for float32's last digits: no bound tells them apart."""
    monkeypatch.setattr(by_tiles, "_POINTS_AT_ONCE", 2)
    monkeypatch.setattr(by_tiles, "_LEAST_ROOM", 16)
    random = np.random.default_rng(0)
    vectors = np.ones((300, 8), np.float32)
    vectors[:, 0] += np.float32(2e-7) * random.integers(0, 20, 300)
    labels = Labels(vectors, np.zeros(300, np.float32), True)
    labels.__dict__["ways"] = [Watched(labels)]
    points = np.abs(random.standard_normal((9, 8))).astype(np.float32)
    found = searched(points, labels, 2)
    exact = (points.astype(np.float64) @ vectors.T.astype(np.float64)).round(10)
    np.testing.assert_array_equal(found.numbers, np.argsort(-exact, 1, kind="stable")[:, :2])
    assert labels.ways[0].tiles == 1


def test_products_outside_their_bounds_are_found_out(naive_search: Naive) -> None:
    """Wrong by more than the bound, as no sound library is: the scores themselves tell."""
    labels = random_labels(1500, 16)
    labels.__dict__["ways"] = [Watched(labels, off_by=0.01)]
    points = np.random.default_rng(1).standard_normal((5, 16)).astype(np.float32)
    expected = naive_search(points, labels.vectors, labels.bias, 4, cosine=True)
    assert searched(points, labels, 4).numbers.tolist() == expected[0].tolist()
    assert labels.ways[0].tiles == 1


def test_memory_does_not_grow_with_points(monkeypatch: pytest.MonkeyPatch) -> None:
    heights = []
    tile = SingleProducts.tile

    def noted(self: SingleProducts, points: np.ndarray, start: int, stop: int) -> np.ndarray:
        products = tile(self, points, start, stop)
        heights.append(products.shape)
        return products

    monkeypatch.setattr(SingleProducts, "tile", noted)
    labels = random_labels(9000, 4)
    labels.__dict__["ways"] = [SingleProducts(labels)]
    searched(np.random.default_rng(1).standard_normal((2500, 4)).astype(np.float32), labels, 3)
    assert max(height for height, _ in heights) == 1024
    assert max(width for _, width in heights) == 8192
