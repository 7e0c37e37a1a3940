"""Pairs at the ends of planted spectra."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from labelsphere.linalg import SparsePlusLowRank
from labelsphere.linalg.spectrum.blocks import BlockProduct
from labelsphere.linalg.spectrum.density import estimate_density
from labelsphere.linalg.spectrum.outliers import end_pairs, without_outliers

SIZE = 600
CROWDED_BELOW = -1 + 4 * np.linspace(0, 1, SIZE) ** 2


def planted(values: np.ndarray) -> np.ndarray:
    q, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((len(values),) * 2))
    matrix = (q * values) @ q.T
    return (matrix + matrix.T) / 2


@pytest.mark.parametrize(("end", "expected"), [("LA", [9.0, 6.0]), ("SA", [-7.0, -8.0])])
def test_pairs_at_either_end_are_lapacks(end: str, expected: list[float]) -> None:
    matrix = planted(np.r_[np.linspace(-1, 1, SIZE - 4), 9.0, 6.0, -7.0, -8.0])
    start = np.ones(SIZE)
    pairs = end_pairs(BlockProduct.of(SparsePlusLowRank(csr_array(matrix))), 2, end, start)
    np.testing.assert_allclose(pairs.values, expected, rtol=1e-4)
    vectors = pairs.vectors.astype(np.float64)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(2), atol=1e-5)
    residuals = np.linalg.norm(matrix @ vectors - vectors * pairs.values, axis=0)
    np.testing.assert_allclose(pairs.residuals, residuals, atol=1e-5)
    assert residuals.max() < 0.1


def test_values_far_below_the_others_are_told_and_bounded() -> None:
    values = np.r_[CROWDED_BELOW[:-2], -40.0, -60.0]
    product = BlockProduct.of(SparsePlusLowRank(csr_array(planted(values))))
    low, few = without_outliers(product, estimate_density(product, 8, 60))
    np.testing.assert_allclose(np.sort(few.values)[:2], [-60, -40], rtol=1e-4)
    # More than were planted may be taken, from the crowd's own end.
    assert len(few.values) <= 4
    assert -1.1 < low < -0.95
    assert few.vectors.shape == (SIZE, len(few.values))


def test_without_outliers_the_bound_is_below_all() -> None:
    product = BlockProduct.of(SparsePlusLowRank(csr_array(planted(CROWDED_BELOW))))
    low, few = without_outliers(product, estimate_density(product, 8, 60))
    assert len(few.values) == 0
    assert -1.2 < low < -1.0
