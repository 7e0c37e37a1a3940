"""Sums of pairs against a dictionary, however the rows are divided."""

from collections import defaultdict
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import coo_array, csr_array

from labelsphere.errors import DataError, UsageError
from labelsphere.space import pair_counter as module
from labelsphere.space.pair_counter import PairCounter


def naive_sums(rows: csr_array, weighted: bool) -> np.ndarray:
    """Labels × labels in whole images or steps of confidence, by pairs in a dictionary."""
    sums: dict[tuple[int, int], int] = defaultdict(int)
    for row in rows.toarray():
        steps = {
            label: max(1, round(float(row[label]) * 2**20)) if weighted else 1
            for label in np.flatnonzero(row).tolist()
        }
        for label, count in steps.items():
            sums[label, label] += count
        for left, right in combinations(steps, 2):
            sums[left, right] += min(steps[left], steps[right])
            sums[right, left] += min(steps[left], steps[right])
    dense = np.zeros((rows.shape[1],) * 2)
    for pair, count in sums.items():
        dense[pair] = count
    return dense


def some_rows(images: int, labels: int, seed: int, density: float = 0.2) -> csr_array:
    """Confidences of random tags, of common labels and rare ones."""
    random = np.random.default_rng(seed)
    there = random.random((images, labels)) < density / np.arange(1, labels + 1) ** 0.5
    return csr_array((random.random((images, labels)) * there).astype(np.float32))


@settings(deadline=None, max_examples=60)
@given(
    images=st.integers(0, 90),
    labels=st.integers(1, 25),
    seed=st.integers(0, 99),
    cuts=st.lists(st.integers(0, 90), max_size=4),
    weighted=st.booleans(),
    at_once=st.sampled_from([1, 30, 1 << 22]),
)
def test_sums_are_those_of_a_dictionary(
    images: int,
    labels: int,
    seed: int,
    cuts: list[int],
    weighted: bool,
    at_once: int,
) -> None:
    rows = some_rows(images, labels, seed)
    counter = PairCounter(labels, weighted=weighted)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_PAIRS_AT_ONCE", at_once)
        edges = sorted({0, images, *(min(cut, images) for cut in cuts)})
        for start, stop in pairwise(edges):
            counter.add(rows[start:stop])
        joint = counter.joint()
    expected = naive_sums(rows, weighted) * (2**-20 if weighted else 1)
    np.testing.assert_array_equal(joint.toarray(), expected)
    assert joint.dtype == np.float64
    assert joint.has_canonical_format
    assert joint.data.all()
    assert counter.n_images == images


@settings(deadline=None)
@given(
    st.lists(st.lists(st.tuples(st.integers(0, 6), st.floats(0, 1, width=16)), max_size=9)),
    st.integers(1, 20),
)
def test_tags_in_any_order_twice_and_zero_count_as_csr_allows_them(
    rows: list[list[tuple[int, float]]], at_once: int
) -> None:
    """Of a tag given twice the larger confidence counts; zero is no tag."""
    values = [value for row in rows for _, value in row]
    labels = [label for row in rows for label, _ in row]
    ends = np.cumsum([0, *(len(row) for row in rows)])
    matrix = csr_array((np.array(values, np.float32), labels, ends), shape=(len(rows), 7))
    expected = np.zeros((7, 7))
    for row in rows:
        best: dict[int, float] = {}
        for label, value in row:
            best[label] = max(best.get(label, 0.0), value)
        steps = {label: max(1, round(value * 2**20)) for label, value in best.items() if value > 0}
        for one, here in steps.items():
            for other, there in steps.items():
                expected[one, other] += min(here, there)
    counter = PairCounter(7, weighted=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_PAIRS_AT_ONCE", at_once)
        counter.add(matrix)
    np.testing.assert_array_equal(counter.joint().toarray(), expected * 2**-20)


def test_sums_of_confidences_are_exact_beyond_32_bits() -> None:
    counter = PairCounter(2, weighted=True)
    rows = csr_array(np.full((5_000, 2), [1.0, 0.999_999]))
    for _ in range(2):
        counter.add(rows)
    smaller = 10_000 * round(0.999_999 * 2**20) / 2**20
    assert counter.joint().toarray().tolist() == [[10_000, smaller], [smaller, smaller]]


def test_counting_goes_on_after_the_sums_are_asked_for() -> None:
    rows = some_rows(80, 20, 0)
    counter = PairCounter(20)
    counter.add(rows[:50])
    np.testing.assert_array_equal(counter.joint().toarray(), naive_sums(rows[:50], False))
    counter.add(rows[50:])
    for _ in range(2):
        np.testing.assert_array_equal(counter.joint().toarray(), naive_sums(rows, False))


def test_blocks_are_merged_before_they_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAIRS_AT_ONCE", 1)
    counter = PairCounter(30)
    most = 0
    for seed in range(100):
        counter.add(some_rows(3, 30, seed))
        most = max(most, len(counter._sums))
        assert len(counter._waiting) <= 1
    assert 2 <= most <= 10


def test_pairs_wait_until_they_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAIRS_AT_ONCE", 100)
    counter = PairCounter(5)
    sorted_at = []
    for number in range(40):
        counter.add(csr_array(np.ones((1, 5))))
        if len(counter._waiting) == 1:
            sorted_at.append(number)
    # Ten pairs a row: the first ten rows wait together, then the next ten.
    assert sorted_at == [0, 10, 20, 30]
    np.testing.assert_array_equal(counter.joint().toarray(), np.full((5, 5), 40))


def test_long_and_short_rows_are_counted_together() -> None:
    rows = np.zeros((41, 300))
    rows[0] = 1
    rows[1:, ::7] = np.random.default_rng(0).random((40, 43)) < np.linspace(0, 1, 40)[:, None]
    counter = PairCounter(300)
    counter.add(csr_array(rows))
    np.testing.assert_array_equal(counter.joint().toarray(), rows.T @ rows)


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


@pytest.mark.parametrize("size", [65_536, 65_537, 3_000_000])
def test_pairs_of_the_last_labels_keep_apart_on_both_sides_of_32_bits(size: int) -> None:
    tags = np.array([[1, size - 2, size - 1], [0, size - 2, size - 1]])
    rows = csr_array((np.ones(6), tags.ravel(), [0, 3, 6]), shape=(2, size))
    counter = PairCounter(size)
    counter.add(rows)
    expected = csr_array(rows.T @ rows)
    assert abs(counter.joint() - expected).max() == 0


def test_rows_of_another_width_are_refused() -> None:
    with pytest.raises(UsageError, match="3 columns, but 5 labels"):
        PairCounter(5).add(csr_array((1, 3)))
    with pytest.raises(UsageError, match="at most 2³¹ labels"):
        PairCounter(1 << 31)
    with pytest.raises(DataError, match="CSR array, but got coo_array"):
        PairCounter(1).add(coo_array((1, 1)))


def test_values_that_are_no_confidences_are_refused() -> None:
    for value in (-1.0, np.nan, np.inf):
        for row in ([value, 0.5], [0.5, value]):
            with pytest.raises(DataError, match="0 or above"):
                PairCounter(2).add(csr_array(np.array([row])))
    with pytest.raises(DataError, match="0 to 1, but got 2"):
        PairCounter(1, weighted=True).add(csr_array(np.array([[2.0]])))
    counter = PairCounter(1)
    counter.add(csr_array([[2.0]]))
    assert counter.joint().toarray() == [[1]]


@pytest.mark.parametrize("label", [-1, 3, 5])
def test_labels_outside_the_vocabulary_are_refused_before_they_are_counted(label: int) -> None:
    rows = csr_array((1, 3))
    rows.indices, rows.data = np.array([label], np.int32), np.array([1.0])
    rows.indptr = np.array([0, 1], np.int32)
    with pytest.raises(DataError, match="outside the 3"):
        PairCounter(3).add(rows)
