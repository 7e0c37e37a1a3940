"""Sparse sums of pairs against a dictionary, however they are divided."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.sparse import csr_array

from labelsphere.space.counting.sparse_pairs import SparsePairs, mirrored
from labelsphere.space.counting.tag_block import tag_blocks


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("images_at_once", [1, 7, 200])
def test_sums_are_those_of_a_dictionary(
    naive_sums: Callable[..., np.ndarray],
    some_rows: Callable[..., csr_array],
    weighted: bool,
    compiled: bool,
    images_at_once: int,
) -> None:
    rows = some_rows(120, 40, seed=images_at_once)
    pairs = SparsePairs(40)
    for start in range(0, 120, images_at_once):
        for block in tag_blocks(rows[start : start + images_at_once], weighted=weighted):
            pairs.add(block, compiled=compiled)
    expected = naive_sums(rows, weighted)
    above = pairs.total()
    np.testing.assert_array_equal(above.toarray(), np.triu(expected, 1))
    joint = mirrored(above, np.diag(expected).astype(np.int64), 0.5)
    np.testing.assert_array_equal(joint.toarray(), expected / 2)
    assert joint.has_canonical_format
    assert joint.data.all()


def test_parts_are_merged_before_they_are_many(some_rows: Callable[..., csr_array]) -> None:
    pairs = SparsePairs(30)
    most = 0
    for seed in range(100):
        for block in tag_blocks(some_rows(3, 30, seed), weighted=False):
            pairs.add(block, compiled=False)
        most = max(most, len(pairs._parts))
    assert most <= 10
    assert pairs.total().nnz <= 30 * 29 / 2


def test_keys_reach_beyond_32_bits() -> None:
    size = 3_000_000
    tags = np.array([[1, size - 2, size - 1], [0, size - 2, size - 1]])
    ends = np.array([0, 3, 6])
    rows = csr_array((np.ones(6), tags.ravel(), ends), shape=(2, size))
    for compiled in (False, True):
        pairs = SparsePairs(size)
        for block in tag_blocks(rows, weighted=False):
            pairs.add(block, compiled=compiled)
        above = pairs.total().tocoo()
        found = {
            (left, right): count
            for left, right, count in zip(*above.coords, above.data, strict=True)
        }
        last = size - 1
        assert found == {
            (0, last - 1): 1,
            (0, last): 1,
            (1, last - 1): 1,
            (1, last): 1,
            (last - 1, last): 2,
        }
