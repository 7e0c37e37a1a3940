import numpy as np
import pytest
from scipy.sparse import csr_array

from labelsphere.tagger.inputs.standardisation import learn_standardisation


def test_dense_columns_get_mean_and_standard_deviation_of_the_rows():
    table = np.random.default_rng(0).normal(1000, 0.5, (10_000, 3)).astype(np.float32)
    rows = np.random.default_rng(1).permutation(10_000)[:9000]
    mean, scale = learn_standardisation(table, rows)
    assert mean.dtype == scale.dtype == np.float64
    np.testing.assert_allclose(mean, table[rows].astype(np.float64).mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(scale, table[rows].astype(np.float64).std(axis=0), rtol=1e-9)


def test_sparse_columns_keep_their_zeros_and_get_a_largest_magnitude_of_one():
    table = csr_array(np.array([[0, -4, 0.0], [2, 1, 0], [0, 0, 0], [90, 90, 90]]))
    mean, scale = learn_standardisation(table, np.array([0, 1, 2]))
    assert mean.tolist() == [0, 0, 0]
    assert scale.tolist() == [2, 4, 1]


@pytest.mark.parametrize("value", [0, 1, 0.1, 1 / 3, -1e30, 1e-30])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_columns_that_do_not_vary_are_not_blown_up(value, dtype):
    table = np.full((9999, 2), value, dtype)
    mean, scale = learn_standardisation(table, np.arange(9999))
    assert scale.tolist() == [1, 1]
    np.testing.assert_allclose(mean, table[0], rtol=1e-12)


def test_a_small_column_that_varies_is_brought_to_scale():
    _, scale = learn_standardisation(np.array([[1e-20], [-1e-20]]), np.arange(2))
    np.testing.assert_allclose(scale, [1e-20])


def test_one_row():
    mean, scale = learn_standardisation(np.array([[3.0, 4.0]]), np.array([0]))
    assert (mean.tolist(), scale.tolist()) == ([3, 4], [1, 1])
