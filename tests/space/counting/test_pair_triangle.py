"""The dense triangle against a dictionary, for any number of threads and buckets."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.sparse import csr_array, triu

from labelsphere.space.counting import pair_triangle as module
from labelsphere.space.counting.pair_triangle import PairTriangle, triangle_bytes
from labelsphere.space.counting.tag_block import tag_blocks


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("bucket_bits", [3, 18])
def test_sums_are_those_of_a_dictionary(
    naive_sums: Callable[..., np.ndarray],
    some_rows: Callable[..., csr_array],
    weighted: bool,
    threads: int,
    bucket_bits: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_BUCKET_BITS", bucket_bits)
    rows = some_rows(150, 37, seed=threads)
    triangle = PairTriangle(37, weighted=weighted, threads=threads)
    for start in range(0, 150, 50):
        for block in tag_blocks(rows[start : start + 50], weighted=weighted):
            triangle.add(block)
    expected = naive_sums(rows, weighted)
    joint = triangle.joint(np.diag(expected).astype(np.int64), 0.5)
    np.testing.assert_array_equal(joint.toarray(), expected / 2)
    assert joint.data.all()
    rebuilt = csr_array((joint.data, joint.indices, joint.indptr), shape=joint.shape)
    assert rebuilt.has_canonical_format


@pytest.mark.parametrize("rows", [np.zeros((3, 2)), np.eye(2), np.ones((1, 2)), np.zeros((0, 2))])
def test_blocks_with_hardly_any_tags(rows: np.ndarray) -> None:
    triangle = PairTriangle(2, weighted=False, threads=3)
    for block in tag_blocks(csr_array(rows), weighted=False):
        triangle.add(block)
    expected = rows.T @ rows
    joint = triangle.joint(np.diag(expected).astype(np.int64), 1.0)
    np.testing.assert_array_equal(joint.toarray(), expected)


@pytest.mark.parametrize("weighted", [False, True])
def test_sums_are_put_in_and_taken_out(
    naive_sums: Callable[..., np.ndarray], some_rows: Callable[..., csr_array], weighted: bool
) -> None:
    expected = naive_sums(some_rows(60, 20, seed=1), weighted).astype(np.int64)
    above = csr_array(triu(csr_array(expected), 1, format="csr"))
    triangle = PairTriangle(20, weighted=weighted, threads=2)
    triangle.add_triangle(above)
    triangle.add_triangle(above)
    taken = triangle.take()
    np.testing.assert_array_equal(taken.toarray(), 2 * np.triu(expected, 1))
    assert triangle.take().nnz == 0


@pytest.mark.parametrize("threads", [1, 2])
def test_sums_beyond_16_bits_are_carried(threads: int) -> None:
    # Pairs that occur just as often as a cell can hold, once more, and many times as often.
    times = {(0, 1): 65_535, (1, 2): 65_536, (0, 3): 131_070, (2, 3): 200_001, (1, 3): 5}
    tags = np.repeat([*times], [*times.values()], axis=0)
    np.random.default_rng(0).shuffle(tags)
    ends = np.arange(0, 2 * len(tags) + 1, 2)
    rows = csr_array((np.ones(2 * len(tags)), tags.ravel(), ends), shape=(len(tags), 4))
    expected = np.zeros((4, 4))
    for pair, number in times.items():
        expected[pair] = expected[pair[::-1]] = number
    triangle = PairTriangle(4, weighted=False, threads=threads)
    for start in range(0, len(tags), 90_000):
        for block in tag_blocks(rows[start : start + 90_000], weighted=False):
            triangle.add(block)
    np.testing.assert_array_equal(triangle.joint(np.zeros(4), 0.5).toarray(), expected / 2)
    triangle.add_triangle(csr_array(np.triu(expected)))
    joint = triangle.joint(np.ones(4, np.int64), 1.0)
    np.testing.assert_array_equal(joint.toarray(), 2 * expected + np.eye(4))
    np.testing.assert_array_equal(triangle.take().toarray(), 2 * np.triu(expected))
    assert triangle.take().nnz == 0


def test_a_triangle_of_the_papers_labels_fits_with_weights() -> None:
    assert triangle_bytes(17_355, weighted=False) == 17_355 * 17_354 // 2 * 2
    assert triangle_bytes(17_355, weighted=True) <= module.LARGEST_TRIANGLE
