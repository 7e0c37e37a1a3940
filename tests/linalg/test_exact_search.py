"""Search against a full sort of sums in exact arithmetic."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from labelsphere.errors import DataError, UsageError
from labelsphere.linalg import top_k


def naive(points: np.ndarray, vectors: np.ndarray, bias: np.ndarray, count: int) -> np.ndarray:
    """All scores in float64, a stable sort of each row."""
    scores = (points[:, None].astype(np.float64) * vectors.astype(np.float64)).sum(axis=2) + bias
    return np.argsort(-scores, axis=1, kind="stable")[:, :count], scores


@pytest.mark.parametrize("count", [1, 7, 40, 1300])
def test_random_vectors_in_several_blocks(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("labelsphere.linalg.exact_search._SCORES_AT_ONCE", 1)
    monkeypatch.setattr("labelsphere.linalg.exact_search._FEWEST_POINTS", 3)
    random = np.random.default_rng(count)
    vectors = random.standard_normal((1300, 24)).astype(np.float32)
    points = 10 * random.standard_normal((8, 24)).astype(np.float32)
    bias = random.standard_normal(1300).astype(np.float32)
    numbers, scores = top_k(points, vectors, count, bias)
    expected, exact = naive(points, vectors, bias, count)
    right = np.take_along_axis(exact, expected, axis=1)
    there = np.take_along_axis(exact, numbers, axis=1)
    # Within the tolerance that the docstring states.
    most = 24 * 2.0**-24 * np.linalg.norm(points, axis=1).max()
    most *= np.linalg.norm(vectors, axis=1).max()
    np.testing.assert_allclose(there, right, rtol=0, atol=2 * most)
    np.testing.assert_allclose(scores, there, rtol=0, atol=most)
    assert (numbers == expected).mean() > 0.99
    assert (numbers.dtype, scores.dtype) == (np.int64, np.float32)
    assert all(len(set(row)) == count for row in numbers.tolist())


@settings(max_examples=60)
@given(
    arrays(np.float32, (2, 3), elements=st.sampled_from([0.0, 0.25, 0.5, 1.0, -2.0])),
    arrays(np.float32, (30, 3), elements=st.sampled_from([0.0, -0.25, 0.5, 1.0])),
    arrays(np.float32, 30, elements=st.sampled_from([0.0, 0.25, -8.0, -np.inf])),
    st.integers(1, 30),
)
def test_ties_go_by_number(
    points: np.ndarray, vectors: np.ndarray, bias: np.ndarray, count: int
) -> None:
    """Sums of these are exact in float32; −∞ among them ranks last, by number."""
    numbers, scores = top_k(points, vectors, count, bias)
    expected, exact = naive(points, vectors, bias, count)
    np.testing.assert_array_equal(numbers, expected)
    np.testing.assert_array_equal(scores, np.take_along_axis(exact, expected, axis=1))


def test_a_bias_of_minus_infinity_ranks_last_by_number() -> None:
    bias = np.array([-np.inf, 0, -np.inf, 0], np.float32)
    points = np.array([[9, 1, 9, 2], [0, 0, 0, 0]], np.float32)
    numbers, scores = top_k(points, np.eye(4, dtype=np.float32), 4, bias)
    assert numbers.tolist() == [[3, 1, 0, 2], [1, 3, 0, 2]]
    assert scores.tolist() == [[2, 1, -np.inf, -np.inf], [0, 0, -np.inf, -np.inf]]
    numbers, scores = top_k(points[:, :2], np.eye(2, dtype=np.float32), 2, np.full(2, -np.inf))
    assert (numbers.tolist(), np.isneginf(scores).all()) == ([[0, 1], [0, 1]], True)


def test_a_zero_point_ranks_by_bias() -> None:
    numbers, scores = top_k(np.zeros((1, 3)), np.eye(3), 3, np.array([1, 3, 3]))
    assert numbers.tolist() == [[1, 2, 0]]
    assert scores.tolist() == [[3, 3, 1]]


def test_one_vector_and_no_points() -> None:
    assert top_k(np.array([[2, 3]]), np.ones((1, 2)), 1)[1].tolist() == [[5]]
    numbers, scores = top_k(np.empty((0, 2)), np.ones((1, 2)), 1)
    assert numbers.shape == scores.shape == (0, 1)
    assert (numbers.dtype, scores.dtype) == (np.int64, np.float32)


def test_other_dtypes_and_orders_are_taken_as_float32() -> None:
    random = np.random.default_rng(0)
    vectors, points = random.standard_normal((30, 5)), random.standard_normal((4, 5))
    expected = top_k(points.astype(np.float32), vectors.astype(np.float32), 6)
    found = top_k(np.asfortranarray(points), np.asfortranarray(vectors), 6)
    np.testing.assert_array_equal(found[0], expected[0])
    np.testing.assert_allclose(found[1], expected[1], rtol=1e-6)


@pytest.mark.parametrize(
    ("points", "count", "message"),
    [
        (np.ones((1, 3)), 0, "from 1 to 3 labels, but got 0"),
        (np.ones((1, 3)), 4, "from 1 to 3 labels, but got 4"),
        (np.ones((1, 2)), 1, r"\(points, 3\), but got shape \(1, 2\)"),
        (np.ones(3), 1, r"but got shape \(3,\)"),
        (np.full((1, 3), np.nan), 1, "finite"),
        (np.full((1, 3), np.inf), 1, "finite"),
    ],
)
def test_points_that_do_not_fit_are_refused(points: np.ndarray, count: int, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        top_k(points, np.eye(3), count)


def test_shapes_that_do_not_fit_are_refused() -> None:
    with pytest.raises(DataError, match=r"got shapes \(3, 3\) and \(2,\)"):
        top_k(np.ones((1, 3)), np.eye(3), 1, np.zeros(2))
    with pytest.raises(DataError, match=r"got shapes \(3,\) and \(3,\)"):
        top_k(np.ones((1, 3)), np.zeros(3), 1)


@pytest.mark.parametrize("value", [np.nan, np.inf, 1e38])
@pytest.mark.parametrize("count", [1, 3, 6])
def test_scores_that_are_no_numbers_are_refused_wherever_they_would_rank(
    value: float, count: int
) -> None:
    vectors = np.eye(6, dtype=np.float32)
    vectors[4, 1] = value
    with pytest.raises(DataError, match="NaN or too large for float32"):
        top_k(np.full((2, 6), 9), vectors, count)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_bias_that_is_no_number_is_refused(value: float) -> None:
    with pytest.raises(DataError, match="a bias that is a number or -inf"):
        top_k(np.ones((1, 3)), np.eye(3), 1, np.array([0, value, 0]))
