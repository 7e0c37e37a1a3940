"""Sparse plus low rank behaves as the dense matrix it stands for."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from labelsphere.linalg import SparsePlusLowRank


def association(rank: int | None) -> SparsePlusLowRank:
    rng = np.random.default_rng(0)
    sparse = rng.random((6, 6)) * (rng.random((6, 6)) < 0.3)
    sparse = sparse + sparse.T
    sparse[4] = sparse[:, 4] = 0
    if rank is None:
        return SparsePlusLowRank(csr_array(sparse))
    left = rng.standard_normal((6, rank))
    left[4] = 0
    return SparsePlusLowRank(csr_array(sparse), left, left * [2.0, -1.0])


@pytest.mark.parametrize("rank", [None, 2])
def test_products_and_selections_agree_with_the_dense_matrix(rank: int | None) -> None:
    matrix = association(rank)
    dense = matrix.to_dense()
    assert matrix.shape == dense.shape
    np.testing.assert_allclose(matrix @ np.arange(6.0), dense @ np.arange(6.0), atol=1e-14)
    block = np.random.default_rng(1).random((6, 3))
    np.testing.assert_allclose(matrix @ block, dense @ block, atol=1e-14)
    chosen = np.array([True, False, True, False, True, True])
    np.testing.assert_allclose(matrix.select(chosen).to_dense(), dense[chosen][:, chosen])
    assert matrix.has_values.tolist() == dense.any(axis=1).tolist()
    assert not matrix.has_values[4]


def test_the_low_rank_part_is_no_small_matter() -> None:
    assert not np.allclose(association(2).to_dense(), association(None).to_dense())
