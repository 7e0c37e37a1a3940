"""Dense solutions against NumPy's."""

import numpy as np

from labelsphere.linalg.spectrum.exact import solve_exactly


def test_numpy_agrees() -> None:
    matrix = np.random.default_rng(0).standard_normal((40, 40))
    matrix += matrix.T
    values, vectors = solve_exactly(matrix.copy())
    np.testing.assert_allclose(values, np.linalg.eigvalsh(matrix)[::-1], atol=1e-12)
    assert vectors.shape == (40, 40)
    np.testing.assert_allclose(matrix @ vectors, vectors * values, atol=1e-12)
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(40), atol=1e-12)
