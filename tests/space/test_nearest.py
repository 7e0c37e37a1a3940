"""Exact nearest labels against a float64 sort."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from labelsphere.errors import UsageError
from labelsphere.space import nearest
from labelsphere.space.nearest import nearest_rows, with_unit_rows


def naive(points: np.ndarray, unit: np.ndarray, candidates: np.ndarray, top: int) -> list[list]:
    """Rows by descending float64 cosine, then by number."""
    ranked = []
    for point in points.astype(np.float64):
        norm = np.linalg.norm(point) or 1.0
        cosines = unit.astype(np.float64) @ point / norm
        order = sorted(np.flatnonzero(candidates).tolist(), key=lambda row: (-cosines[row], row))
        ranked.append([(row, cosines[row]) for row in order[:top]])
    return ranked


@pytest.mark.parametrize("at_once", [1, 100, 1 << 24])
@pytest.mark.parametrize("top", [1, 7, 40, 99])
def test_a_float64_sort_agrees(top: int, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nearest, "_PROXIMITIES_AT_ONCE", at_once)
    rng = np.random.default_rng(0)
    unit = with_unit_rows(rng.standard_normal((40, 8)).astype(np.float32))
    candidates = np.arange(40) % 5 != 0
    points = rng.standard_normal((23, 8)).astype(np.float32) * 10
    ids, proximities = nearest_rows(points, unit, candidates, top)
    assert ids.shape == proximities.shape == (23, min(top, 32))
    assert (ids.dtype, proximities.dtype) == (np.int64, np.float32)
    expected = naive(points, unit, candidates, top)
    assert ids.tolist() == [[row for row, _ in ranked] for ranked in expected]
    cosines = [[cosine for _, cosine in ranked] for ranked in expected]
    np.testing.assert_allclose(proximities, cosines, atol=1e-6)


@given(
    arrays(np.float32, (3, 6), elements=st.sampled_from([0.0, 0.25, 0.5, 1.0])), st.integers(1, 6)
)
def test_ties_go_by_row_number(values: np.ndarray, top: int) -> None:
    columns = nearest._largest_columns(values, top)
    expected = [sorted(range(6), key=lambda column: (-row[column], column)) for row in values]
    assert columns.tolist() == [ranked[:top] for ranked in expected]


def test_a_zero_point_is_at_proximity_zero_to_the_first_rows() -> None:
    ids, proximities = nearest_rows(
        np.zeros((1, 3), np.float32), np.eye(3, dtype=np.float32), np.array([False, True, True]), 2
    )
    assert (ids.tolist(), proximities.tolist()) == ([[1, 2]], [[0.0, 0.0]])


def test_no_points_and_no_candidates_give_empty_arrays() -> None:
    unit = np.eye(3, dtype=np.float32)
    assert nearest_rows(unit[:0], unit, np.ones(3, np.bool_), 2)[0].shape == (0, 2)
    assert nearest_rows(unit, unit, np.zeros(3, np.bool_), 2)[0].shape == (3, 0)


@pytest.mark.parametrize(
    ("points", "top", "message"),
    [
        (np.ones((1, 3), np.float32), 0, "top must be at least 1"),
        (np.ones((1, 2), np.float32), 1, r"\(points, 3\), but got shape \(1, 2\)"),
        (np.ones(3, np.float32), 1, r"but got shape \(3,\)"),
        (np.full((1, 3), np.nan, np.float32), 1, "finite"),
    ],
)
def test_points_that_do_not_fit_are_refused(points: np.ndarray, top: int, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        nearest_rows(points, np.eye(3, dtype=np.float32), np.ones(3, np.bool_), top)


def test_unit_rows_hold_at_both_ends_of_float32() -> None:
    rows = np.array([[3e38, 3e38], [1e-40, 0], [0, 0], [3, 4]], np.float32)
    unit = with_unit_rows(rows)
    np.testing.assert_allclose(unit, [[0.5**0.5] * 2, [1, 0], [0, 0], [0.6, 0.8]], rtol=1e-6)
    assert unit.dtype == np.float32
