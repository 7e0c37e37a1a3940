"""The counter's choice of means never shows in its sums."""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from labelsphere.errors import UsageError
from labelsphere.space.counting import pair_counter as module
from labelsphere.space.counting.pair_counter import PairCounter


@settings(deadline=None, max_examples=60)
@given(
    images=st.integers(0, 90),
    labels=st.integers(1, 25),
    seed=st.integers(0, 99),
    cuts=st.lists(st.integers(0, 90), max_size=4),
    weighted=st.booleans(),
    worth=st.sampled_from([0, 30, 1 << 22]),
    share=st.sampled_from([1, 16]),
    cell=st.sampled_from([20, 1 << 32]),
    threads=st.integers(1, 3),
)
def test_sums_are_those_of_a_dictionary(
    naive_sums: Callable[..., np.ndarray],
    some_rows: Callable[..., csr_array],
    images: int,
    labels: int,
    seed: int,
    cuts: list[int],
    weighted: bool,
    worth: int,
    share: int,
    cell: int,
    threads: int,
) -> None:
    rows = some_rows(images, labels, seed)
    counter = PairCounter(labels, weighted=weighted, threads=threads)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_WORTH_COMPILING", worth)
        patch.setattr(module, "_TAGS_WORTH_COMPILING", worth)
        patch.setattr(module, "_SPARSE_SHARE", share)
        patch.setattr(module, "_LARGEST_CELL", cell)
        edges = sorted({0, images, *(min(cut, images) for cut in cuts)})
        for start, stop in pairwise(edges):
            counter.add(rows[start:stop])
        joint = counter.joint()
    expected = naive_sums(rows, weighted) * (2**-20 if weighted else 1)
    np.testing.assert_array_equal(joint.toarray(), expected)
    assert joint.dtype == np.float64
    assert joint.has_sorted_indices
    assert joint.data.all()
    assert counter.n_images == images


def test_few_pairs_need_no_compiled_code_and_many_do(
    some_rows: Callable[..., csr_array], monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = PairCounter(20)
    counter.add(some_rows(50, 20, seed=0))
    assert counter._triangle is None
    monkeypatch.setattr(module, "_WORTH_COMPILING", 60)
    counter.add(some_rows(50, 20, seed=1))
    assert counter._triangle is not None
    assert counter._sparse.size == 0


def test_a_triangle_that_is_too_large_is_not_made(
    some_rows: Callable[..., csr_array], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_WORTH_COMPILING", 0)
    monkeypatch.setattr(module, "LARGEST_TRIANGLE", 100)
    counter = PairCounter(20)
    counter.add(some_rows(500, 20, seed=0))
    assert counter._triangle is None


def test_a_million_labels_are_counted_where_they_occur() -> None:
    random = np.random.default_rng(0)
    tags = np.sort(random.choice(1_000_000, (2_000, 5)), axis=1)
    ends = np.arange(0, 10_001, 5)
    rows = csr_array((np.ones(10_000), tags.ravel(), ends), shape=(2_000, 1_000_000))
    counter = PairCounter(1_000_000)
    counter.add(rows)
    rows.sum_duplicates()
    rows.data[:] = 1
    expected = csr_array(rows.T @ rows)
    assert abs(counter.joint() - expected).max() == 0


def test_rows_of_another_width_are_refused() -> None:
    with pytest.raises(UsageError, match="3 columns, but 5 labels"):
        PairCounter(5).add(csr_array((1, 3)))
    with pytest.raises(UsageError, match="at most 2³¹ labels"):
        PairCounter(1 << 31)
