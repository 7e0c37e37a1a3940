"""Exact search, by either way, against sums in exact arithmetic."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from labelsphere.errors import DataError, UsageError
from labelsphere.space.nearest import ExactSearch, exact
from labelsphere.space.nearest.problem import Found, Labels

Search = Callable[..., Found]
Naive = Callable[..., tuple[np.ndarray, np.ndarray]]


def agree(found: Found, expected: tuple[np.ndarray, np.ndarray]) -> None:
    assert found.numbers.tolist() == expected[0].tolist()
    np.testing.assert_allclose(found.scores, expected[1], rtol=2**-23, atol=1e-30)


@pytest.mark.parametrize("cosine", [False, True])
@pytest.mark.parametrize("count", [1, 7, 40])
def test_random_labels(count: int, cosine: bool, search: Search, naive_search: Naive) -> None:
    random = np.random.default_rng(count)
    vectors = random.standard_normal((1300, 24)).astype(np.float32)
    points = 10 * random.standard_normal((9, 24)).astype(np.float32)
    bias = random.standard_normal(1300).astype(np.float32)
    labels = Labels(vectors, bias, cosine)
    agree(search(points, labels, count), naive_search(points, vectors, bias, count, cosine=cosine))


def test_near_ties_at_a_ten_millionth(search: Search, naive_search: Naive) -> None:
    """Closer than a product in float32 can tell: the second pass has to."""
    random = np.random.default_rng(0)
    base = random.standard_normal(64).astype(np.float32)
    vectors = np.repeat(base[None], 1500, axis=0)
    vectors *= 1 + 1e-7 * random.integers(-9, 9, (1500, 64))
    points = base + 0.1 * random.standard_normal((4, 64)).astype(np.float32)
    expected = naive_search(points, vectors, np.zeros(1500), 30, cosine=True)
    gaps = -np.diff(expected[1], axis=1)
    assert 0 < np.median(gaps) < 1e-7 * expected[1].max()
    labels = Labels(vectors, np.zeros(1500, np.float32), True)
    agree(search(points, labels, 30), expected)


def test_equal_labels_rank_by_number(search: Search) -> None:
    random = np.random.default_rng(0)
    vectors = np.tile(random.standard_normal((500, 33)).astype(np.float32), (4, 1))
    labels = Labels(vectors, np.zeros(2000, np.float32), True)
    found = search(random.standard_normal((6, 33)).astype(np.float32), labels, 40).numbers
    quadruples = found.reshape(6, 10, 4)
    np.testing.assert_array_equal(np.diff(quadruples, axis=2), 500)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    arrays(np.float32, (2, 3), elements=st.sampled_from([0.25, 0.5, 1.0, -2.0])),
    arrays(np.float32, (30, 3), elements=st.sampled_from([0.0, -0.25, 0.5, 1.0])),
    arrays(np.float32, 30, elements=st.sampled_from([0.0, 0.25, -8.0, -np.inf])),
    st.integers(1, 30),
)
def test_ties_planted_by_chance(
    search: Search,
    naive_search: Naive,
    points: np.ndarray,
    vectors: np.ndarray,
    bias: np.ndarray,
    count: int,
) -> None:
    labels = Labels(vectors, bias, False)
    count = min(count, len(labels.open))
    if count:
        agree(
            search(points, labels, count), naive_search(points, vectors, bias, count, cosine=False)
        )


def test_numbers_that_products_cannot_hold(search: Search, naive_search: Naive) -> None:
    """Overflow and underflow of float32 send labels and points to the second pass."""
    random = np.random.default_rng(0)
    vectors = random.standard_normal((1200, 8)).astype(np.float32)
    vectors[[3, 700]] *= np.float32(1e37)
    vectors[[4, 800]] *= np.float32(1e-37)
    vectors[5] = 0
    points = random.standard_normal((6, 8)).astype(np.float32)
    points[1] *= np.float32(1e-39)
    points[2] *= np.float32(1e-12)
    bias = np.zeros(1200, np.float32)
    expected = naive_search(points, vectors, bias, 20, cosine=False)
    agree(search(points, Labels(vectors, bias, False), 20), expected)


def test_both_ways_agree_where_the_work_decides(
    monkeypatch: pytest.MonkeyPatch, naive_search: Naive
) -> None:
    random = np.random.default_rng(0)
    vectors = random.standard_normal((1500, 16)).astype(np.float32)
    points = random.standard_normal((20, 16)).astype(np.float32)
    small = ExactSearch(vectors).top(points, 12)
    monkeypatch.setattr(exact, "_COMPILED_CELLS", 20 * 1500)
    large = ExactSearch(vectors).top(points, 12)
    expected = naive_search(points, vectors, np.zeros(1500), 12, cosine=False)
    agree(Found(*small), expected)
    agree(Found(*large), expected)


def test_labels_shut_out_come_last_by_number() -> None:
    bias = np.array([-np.inf, 0, -np.inf, 0], np.float32)
    numbers, scores = ExactSearch(np.eye(4, dtype=np.float32), bias).top(
        np.array([[9, 1, 9, 2], [0, 0, 0, 0]], np.float32), 4
    )
    assert numbers.tolist() == [[3, 1, 0, 2], [1, 3, 0, 2]]
    assert scores.tolist() == [[2, 1, -np.inf, -np.inf], [0, 0, -np.inf, -np.inf]]


def test_all_labels_shut_out() -> None:
    search = ExactSearch(np.eye(2, dtype=np.float32), np.full(2, -np.inf))
    numbers, scores = search.top(np.ones((1, 2), np.float32), 2)
    assert (numbers.tolist(), scores.tolist()) == ([[0, 1]], [[-np.inf, -np.inf]])


def test_a_zero_point_ranks_by_bias() -> None:
    search = ExactSearch(np.eye(3, dtype=np.float32), np.array([1, 3, 3]), cosine=True)
    numbers, scores = search.top(np.array([[0, 0, 0], [5, 0, 0]], np.float32), 3)
    assert numbers.tolist() == [[1, 2, 0], [1, 2, 0]]
    assert scores.tolist() == [[3, 3, 1], [3, 3, 2]]


def test_one_label_and_no_points() -> None:
    search = ExactSearch(np.ones((1, 2), np.float32))
    assert search.top(np.array([[2, 3]], np.float32), 1)[1].tolist() == [[5]]
    numbers, scores = search.top(np.empty((0, 2), np.float32), 1)
    assert numbers.shape == scores.shape == (0, 1)
    assert (numbers.dtype, scores.dtype) == (np.int64, np.float32)


def test_other_dtypes_and_orders_are_taken_as_float32() -> None:
    random = np.random.default_rng(0)
    vectors, points = random.standard_normal((30, 5)), random.standard_normal((4, 5))
    expected = ExactSearch(vectors.astype(np.float32)).top(points.astype(np.float32), 6)
    found = ExactSearch(np.asfortranarray(vectors)).top(np.asfortranarray(points), 6)
    np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize(
    ("points", "top", "message"),
    [
        (np.ones((1, 3)), 0, "from 1 to 3 labels, but got 0"),
        (np.ones((1, 3)), 4, "from 1 to 3 labels, but got 4"),
        (np.ones((1, 2)), 1, r"\(points, 3\), but got shape \(1, 2\)"),
        (np.ones(3), 1, r"but got shape \(3,\)"),
        (np.full((1, 3), np.nan), 1, "finite"),
        (np.full((1, 3), np.inf), 1, "finite"),
    ],
)
def test_points_that_do_not_fit_are_refused(points: np.ndarray, top: int, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        ExactSearch(np.eye(3)).top(points, top)


def test_labels_that_do_not_fit_are_refused() -> None:
    with pytest.raises(DataError, match=r"got shapes \(3, 3\) and \(2,\)"):
        ExactSearch(np.eye(3), np.zeros(2))
    with pytest.raises(DataError, match=r"got shapes \(3,\) and \(3,\)"):
        ExactSearch(np.zeros(3))
