"""Sparse rows times a block, against the dense product."""

import numpy as np
import pytest
from scipy.sparse import csr_array, random_array

from labelsphere.linalg.spectrum.kernels import add_rows, begin_rows


@pytest.mark.parametrize("columns", [1, 7, 128])
def test_dense_product_agrees_for_rows_of_any_length(columns: int) -> None:
    rng = np.random.default_rng(0)
    # Rows of 0 to 40 entries: every remainder of the four that are taken at a time.
    matrix = csr_array(random_array((60, 90), density=0.1, rng=rng, dtype=np.float32))
    matrix = csr_array(matrix * (np.arange(60) > 2)[:, None])
    matrix.eliminate_zeros()
    assert set(np.diff(matrix.indptr) % 4) == {0, 1, 2, 3}
    block = rng.standard_normal((90, columns)).astype(np.float32)
    there = rng.standard_normal((60, columns)).astype(np.float32)
    result = there.copy()
    arrays = matrix.indptr, matrix.indices, matrix.data
    for low, high in ((0, 25), (25, 60)):
        add_rows(*arrays, block, result, low, high, np.float32(2.5))
    exact = there + 2.5 * (matrix.toarray().astype(np.float64) @ block)
    np.testing.assert_allclose(result, exact, atol=2e-5)


def test_product_starts_from_a_multiple_less_what_was_before() -> None:
    rng = np.random.default_rng(0)
    block, before = (rng.standard_normal((6, 5)).astype(np.float32) for _ in range(2))
    none = np.empty((0, 0), np.float32)
    result = np.full_like(block, np.nan)
    begin_rows(block, result, 0, 6, np.float32(0.5), none)
    np.testing.assert_allclose(result, 0.5 * block, atol=1e-7)
    expected = 0.5 * block - before
    begin_rows(block, before, 0, 6, np.float32(0.5), before)
    np.testing.assert_allclose(before, expected, atol=1e-7)


def test_rows_outside_the_range_stay() -> None:
    matrix = csr_array(np.eye(4, dtype=np.float32))
    block, result = np.ones((4, 2), np.float32), np.zeros((4, 2), np.float32)
    begin_rows(block, result, 1, 3, np.float32(1), np.empty((0, 0), np.float32))
    assert result[:, 0].tolist() == [0, 1, 1, 0]
    add_rows(matrix.indptr, matrix.indices, matrix.data, block, result, 1, 3, np.float32(1))
    assert result[:, 0].tolist() == [0, 2, 2, 0]
