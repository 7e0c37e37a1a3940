"""Estimates of a spectrum against the spectrum itself."""

import numpy as np
import pytest
from scipy.sparse import csr_array, diags_array

from labelsphere.linalg import SparsePlusLowRank
from labelsphere.linalg.spectrum.blocks import BlockProduct
from labelsphere.linalg.spectrum.density import estimate_density

VALUES = np.concatenate([np.linspace(-3, 2, 795), [8.0, 9.0, 10.0, 20.0, -40.0]])


def product(values: np.ndarray = VALUES) -> BlockProduct:
    return BlockProduct.of(SparsePlusLowRank(csr_array(diags_array(values))))


def test_counts_values_and_ends_are_near_the_true_ones() -> None:
    density = estimate_density(product(), 16, 60)
    assert density.highest == pytest.approx(20, rel=1e-4)
    assert density.lowest == pytest.approx(-40, rel=1e-4)
    assert density.number_above(0.0) == pytest.approx(np.sum(VALUES > 0), abs=40)
    assert density.number_above(5.0) == pytest.approx(4, abs=2)
    assert density.value_at(400) == pytest.approx(np.sort(VALUES)[-400], abs=0.3)


def test_quadratic_forms_estimate_traces() -> None:
    density = estimate_density(product(), 16, 60)
    # Of a diagonal matrix a vector of signs gives any trace of a function exactly.
    np.testing.assert_allclose(density.forms(np.ones_like), 800, rtol=1e-5)
    np.testing.assert_allclose(density.forms(np.square), np.sum(VALUES**2), rtol=1e-4)
    positive = density.forms(lambda x: np.maximum(x, 0.0) ** 2)
    np.testing.assert_allclose(positive, np.sum(np.maximum(VALUES, 0) ** 2), rtol=0.02)


def test_a_matrix_of_few_values_exhausts_the_steps_without_harm() -> None:
    density = estimate_density(product(np.repeat([1.0, -2.0], 50)), 4, 30)
    assert np.isfinite(density.points).all()
    np.testing.assert_allclose(density.forms(lambda x: x), -50, rtol=1e-4)
    assert density.number_above(0.0) == pytest.approx(50, rel=1e-4)


def test_zeros_everywhere_are_borne() -> None:
    density = estimate_density(product(np.zeros(20)), 2, 5)
    assert (density.highest, density.lowest) == (0.0, 0.0)
    np.testing.assert_allclose(density.forms(np.ones_like), 20, rtol=1e-6)


def test_equal_input_gives_equal_output() -> None:
    first, second = (estimate_density(product(), 3, 9) for _ in range(2))
    assert first.points.tobytes() == second.points.tobytes()
    assert first.weights.tobytes() == second.weights.tobytes()
