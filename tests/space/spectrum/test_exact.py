"""Dense solutions against NumPy's, by either way of LAPACK."""

import numpy as np
import pytest

from labelsphere.space.spectrum.exact import solve_exactly


@pytest.mark.parametrize("count", [1, 5, 20, 40, 99, None])
def test_numpy_agrees(count: int | None) -> None:
    matrix = np.random.default_rng(0).standard_normal((40, 40))
    matrix += matrix.T
    values, vectors, every = solve_exactly(matrix, count)
    expected = np.linalg.eigvalsh(matrix)[::-1]
    k = min(count or 40, 40)
    np.testing.assert_allclose(every, expected, atol=1e-12)
    np.testing.assert_allclose(values, expected[:k], atol=1e-12)
    assert vectors.shape == (40, k)
    np.testing.assert_allclose(matrix @ vectors, vectors * values, atol=1e-12)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(k), atol=1e-12)
