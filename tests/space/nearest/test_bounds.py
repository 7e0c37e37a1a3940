"""Bounds on the error of products, against the error there is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from labelsphere.space.nearest.bounds import error_weights, unrounded
from labelsphere.space.nearest.problem import Labels
from labelsphere.space.nearest.products import HalfProducts, SingleProducts

NUMBERS = st.floats(-4, 4, width=32).filter(lambda x: x == 0 or abs(x) > 1e-6)


def widened(tile: np.ndarray) -> np.ndarray:
    """bfloat16 in uint16 to float64; float32 as it is."""
    if tile.dtype == np.uint16:
        tile = (tile.astype(np.uint32) << 16).view(np.float32)
    return tile.astype(np.float64)


@pytest.mark.parametrize("kind", [HalfProducts, SingleProducts])
@given(arrays(np.float32, (3, 17), elements=NUMBERS), arrays(np.float32, (9, 17), elements=NUMBERS))
def test_no_product_misses_by_more(kind: type, points: np.ndarray, vectors: np.ndarray) -> None:
    products = kind(Labels(vectors, np.zeros(9, np.float32), False))
    factor, rounding = products.points(points)
    norms, weights = error_weights(rounding, products.labels, 17)
    found = widened(products.tile(factor, 0, 9))
    exact = points.astype(np.float64) @ vectors.astype(np.float64).T
    allowed = norms[:, None].astype(np.float64) * weights + products.relative * np.abs(found)
    assert (np.abs(found - exact) <= allowed + 1e-300).all()


def test_bounds_are_of_use() -> None:
    """At 4,096 dimensions a bound is a small part of what scores differ by."""
    random = np.random.default_rng(0)
    vectors = random.standard_normal((50, 4096)).astype(np.float32)
    products = HalfProducts(Labels(vectors, np.zeros(50, np.float32), False))
    _, rounding = products.points(vectors[:5])
    norms, weights = error_weights(rounding, products.labels, 4096)
    assert (norms[:, None] * weights).max() < 0.005 * 64**2


def test_rows_of_extreme_norm_are_unsafe_and_zero_is_not() -> None:
    rows = np.array([[0, 0], [1, 2], [1e-20, 0], [1e-40, 0], [3e38, 3e38], [1e12, 0]], np.float32)
    assert unrounded(rows).unsafe.tolist() == [False, False, True, True, True, True]
    assert error_weights(unrounded(rows[:2]), unrounded(rows), 2)[1].argsort()[:2].tolist() == [
        0,
        1,
    ]
