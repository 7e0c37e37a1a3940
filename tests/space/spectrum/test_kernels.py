"""Sparse rows times a block, against the dense product."""

import numpy as np
import pytest
from scipy.sparse import csr_array, random_array

from labelsphere.space.spectrum.kernels import multiply_rows


@pytest.mark.parametrize("columns", [1, 7, 128])
@pytest.mark.parametrize("with_before", [False, True])
def test_dense_product_agrees_for_rows_of_any_length(columns: int, with_before: bool) -> None:
    rng = np.random.default_rng(0)
    # Rows of 0 to 40 entries: every remainder of the four that are taken at a time.
    matrix = csr_array(random_array((60, 60), density=0.1, rng=rng, dtype=np.float32))
    matrix = csr_array(matrix * (np.arange(60) > 2)[:, None])
    matrix.eliminate_zeros()
    assert set(np.diff(matrix.indptr) % 4) == {0, 1, 2, 3}
    block = rng.standard_normal((60, columns)).astype(np.float32)
    before = rng.standard_normal((60, columns)).astype(np.float32)
    earlier = before.copy() if with_before else np.empty((0, 0), np.float32)
    result = earlier if with_before else np.full_like(block, np.nan)
    arrays = matrix.indptr, matrix.indices, matrix.data
    for low, high in ((0, 25), (25, 60)):
        multiply_rows(*arrays, block, result, low, high, np.float32(2.5), np.float32(0.3), earlier)
    exact = 2.5 * (matrix.toarray().astype(np.float64) @ block - 0.3 * block)
    np.testing.assert_allclose(result, exact - before if with_before else exact, atol=2e-5)


def test_rows_outside_the_range_stay() -> None:
    matrix = csr_array(np.eye(4, dtype=np.float32))
    block, result = np.ones((4, 2), np.float32), np.zeros((4, 2), np.float32)
    none = np.empty((0, 0), np.float32)
    arrays = matrix.indptr, matrix.indices, matrix.data
    multiply_rows(*arrays, block, result, 1, 3, np.float32(1), np.float32(0), none)
    assert result[:, 0].tolist() == [0, 1, 1, 0]
