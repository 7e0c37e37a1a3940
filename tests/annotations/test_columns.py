"""Columns that move and meet, against a loop over cells."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from labelsphere.annotations.columns import move_columns


@given(st.integers(0, 6), st.integers(1, 6), st.integers(1, 5), st.randoms(use_true_random=False))
def test_the_largest_of_what_meets_stays(
    rows: int, columns: int, width: int, random: object
) -> None:
    draw = np.random.default_rng(random.getrandbits(32))
    dense = (draw.random((rows, columns)) * (draw.random((rows, columns)) < 0.5)).astype(np.float32)
    places = draw.integers(-1, width, columns)
    expected = np.zeros((rows, width), np.float32)
    for row in range(rows):
        for column, place in enumerate(places):
            if place >= 0:
                expected[row, place] = max(expected[row, place], dense[row, column])
    moved = move_columns(csr_array(dense), places, width)
    np.testing.assert_array_equal(moved.toarray(), expected)
    assert moved.dtype == np.float32
    assert moved.has_sorted_indices
    assert moved.nnz == np.count_nonzero(expected)
