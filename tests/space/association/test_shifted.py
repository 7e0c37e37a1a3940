"""Shifted PMI: log shift less off the diagonal, nothing below zero."""

import numpy as np
import pytest

from labelsphere.errors import UsageError
from labelsphere.space import Counts, associate


def test_pairs_lose_log_shift_and_the_diagonal_does_not(random_counts: Counts) -> None:
    pmi = associate(random_counts, "pmi").to_dense()
    shifted = associate(random_counts, "shifted", shift=1.5).to_dense()
    expected = np.maximum(0, pmi - np.log(1.5))
    np.fill_diagonal(expected, np.diag(pmi))
    np.testing.assert_allclose(shifted, expected, atol=1e-14)
    assert 0 < np.count_nonzero(shifted) < np.count_nonzero(pmi)


def test_a_shift_of_one_is_positive_pmi(random_counts: Counts) -> None:
    shifted = associate(random_counts, "shifted", shift=1)
    assert shifted.to_dense().tolist() == associate(random_counts).to_dense().tolist()


def test_a_shift_below_one_lets_pairs_below_chance_in(random_counts: Counts) -> None:
    shifted = associate(random_counts, "shifted", shift=0.5)
    assert shifted.sparse.nnz > associate(random_counts).sparse.nnz
    assert not shifted.has_values[7]


@pytest.mark.parametrize("shift", [0, -1, np.nan, np.inf])
def test_shifts_without_a_logarithm_are_refused(random_counts: Counts, shift: float) -> None:
    with pytest.raises(UsageError, match="shift must be"):
        associate(random_counts, "shifted", shift=shift)
