import numpy as np
import pytest

from labelsphere.errors import DataError
from labelsphere.space.nearest.problem import Labels, Points


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_vector_that_is_not_finite_is_named(bad: float) -> None:
    vectors = np.ones((4, 2), np.float32)
    vectors[2, 1] = bad
    with pytest.raises(DataError, match="vector of label row 2 holds NaN or infinity"):
        Labels(vectors, np.zeros(4, np.float32), False)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_bias_that_is_no_number_is_named(bad: float) -> None:
    bias = np.array([0, bad, 0], np.float32)
    with pytest.raises(DataError, match=f"label row 1 has the bias {bad}"):
        Labels(np.ones((3, 2), np.float32), bias, False)


def test_large_vectors_are_numbers_too() -> None:
    Labels(np.full((2, 2), 3e38, np.float32), np.zeros(2, np.float32), False)


def test_open_and_shut_labels() -> None:
    bias = np.array([0, -np.inf, 2, -np.inf], np.float32)
    labels = Labels(np.ones((4, 2), np.float32), bias, False)
    assert (labels.open.tolist(), labels.shut.tolist()) == ([0, 2], [1, 3])
    low, high = labels.bias_bounds
    assert low.tolist()[1] == high.tolist()[1] == -np.inf
    assert low[2] < 2 < high[2]


def test_points_by_cosine_have_unit_norm_at_both_ends_of_float32() -> None:
    given = np.array([[3e38, 3e38], [1e-40, 0], [3, 4]], np.float32)
    points = Points.of(given, cosine=True)
    np.testing.assert_allclose(points.screened, [[0.5**0.5] * 2, [1, 0], [0.6, 0.8]], rtol=1e-6)
    np.testing.assert_allclose(
        points.factors, 1 / np.linalg.norm(given.astype(np.float64), axis=1), rtol=1e-15
    )
    plain = Points.of(given, cosine=False)
    assert plain.screened is given
    assert plain.factors.tolist() == [1, 1, 1]
