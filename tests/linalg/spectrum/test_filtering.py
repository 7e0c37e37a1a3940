"""The filter against its polynomial, evaluated by NumPy."""

import numpy as np
import pytest
from numpy.polynomial.chebyshev import chebval
from scipy.sparse import csr_array, diags_array

from labelsphere.linalg import SparsePlusLowRank
from labelsphere.linalg.spectrum import filtering
from labelsphere.linalg.spectrum.blocks import BlockProduct
from labelsphere.linalg.spectrum.filtering import Deflation, Filter

VALUES = np.concatenate([np.linspace(-2, 3, 40), [3.5, 4.0, 6.0]])
NOTHING = Deflation(np.empty((43, 0), np.float32), np.empty(0))


def filtered(known: Deflation, width: int, degree: int = 5) -> tuple[BlockProduct, np.ndarray]:
    product = BlockProduct.of(SparsePlusLowRank(csr_array(diags_array(VALUES))))
    result = np.empty((43, width), np.float32)
    Filter(-2.0, 3.0, degree).apply(product, known, result, np.random.default_rng(0))
    return product, result


def polynomial(degree: int) -> np.ndarray:
    return chebval((VALUES - 0.5) / 2.5, [0] * degree + [1])


@pytest.mark.parametrize(("degree", "lower"), [(5, 4), (2, 1), (20, 18)])
@pytest.mark.parametrize("slabs", [1, 3])
def test_columns_are_the_polynomial_times_the_start_at_unit_length(
    slabs: int, degree: int, lower: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filtering, "COLUMNS", 3)
    monkeypatch.setattr(filtering, "_SLABS", slabs)
    _, result = filtered(NOTHING, 9, degree)
    rng = np.random.default_rng(0)
    expected = []
    for half, kept in ((3, 3), (2, 1)):
        start = rng.standard_normal((43, half), dtype=np.float32)
        expected += [
            polynomial(degree)[:, None] * start,
            (polynomial(lower)[:, None] * start)[:, :kept],
        ]
    whole = np.hstack(expected)
    np.testing.assert_allclose(result, whole / np.linalg.norm(whole, axis=0), atol=1e-6)


def test_what_is_known_is_filtered_out() -> None:
    vectors = np.zeros((43, 1), np.float32)
    vectors[42] = 1.0
    _, result = filtered(Deflation(vectors, np.array([6.0])), 4)
    assert np.abs(result[42]).max() < 1e-6
    assert np.abs(result[41]).min() > 0.01


def test_growth_and_value_belong_together() -> None:
    of_six = Filter(-2.0, 3.0, 5)
    growth = float(chebval((6.0 - 0.5) / 2.5, [0] * 5 + [1]))
    assert of_six.value_of_growth(growth) == pytest.approx(6.0)
    weak = of_six.weakened(6.0, growth / 2)
    assert weak.degree == 4
    assert of_six.weakened(6.0, growth * 2).degree == 5
    assert of_six.weakened(2.0, 10.0) == of_six
    assert of_six.weakened(1e9, 10.0).degree == 2


@pytest.mark.parametrize(("paired", "found"), [(True, 8), (False, 12)])
def test_pairs_of_columns_are_parallel_among_the_directions_of_one_eigenvalue(
    paired: bool, found: int
) -> None:
    values = np.concatenate([np.linspace(-1, 1, 30), np.full(12, 5.0)])
    product = BlockProduct.of(SparsePlusLowRank(csr_array(diags_array(values))))
    nothing = Deflation(np.empty((42, 0), np.float32), np.empty(0))
    result = np.empty((42, 16), np.float32)
    random = np.random.default_rng(0)
    Filter(-1.0, 1.0, 6).apply(product, nothing, result, random, paired=paired)
    shared = result[np.argsort(product.order)][values == 5.0]
    assert np.linalg.matrix_rank(shared, tol=1e-3) == found
