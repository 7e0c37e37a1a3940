"""How answers of a model and of a tagger are compared."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.tagger.export.checking import (
    FIRST,
    SCORE_TOLERANCE,
    TOLERANCE,
    _largest,
    _same_first,
    _tolerance,
)

FINITE = st.floats(-100, 100, width=32)
ROWS = st.lists(FINITE, min_size=FIRST + 1, max_size=12).map(lambda r: np.array([r], np.float32))


@given(ROWS)
def test_equal_answers_agree(values: np.ndarray) -> None:
    assert _largest(values, values.copy(), 1.0) == 0
    assert _same_first(values, values.copy()).all()


def test_equal_infinities_agree_and_nan_never_does() -> None:
    never = np.array([[-np.inf, 1.0]])
    assert _largest(never, never.copy(), 1.0) == 0
    assert _largest(np.array([[np.nan, 1.0]]), never, 1.0) == np.inf
    assert _largest(np.array([[0.0, 1.0]]), never, 1.0) == np.inf


@pytest.mark.parametrize(("step", "same"), [(TOLERANCE / 10, True), (0.1, False)])
def test_only_nearly_equal_labels_may_change_their_order(step: float, same: bool) -> None:
    wanted = np.array([[0.9, 0.8, 0.7, 0.5 + step, 0.5, 0.1]])
    found = wanted[:, [0, 1, 2, 4, 3, 5]]
    assert _same_first(found, wanted).tolist() == [same]


def test_scores_may_differ_more_than_probabilities() -> None:
    assert _tolerance("scores") == SCORE_TOLERANCE
    assert _tolerance("probabilities") == _tolerance("output") == TOLERANCE < SCORE_TOLERANCE


def test_a_label_beyond_the_first_ones_does_not_count() -> None:
    wanted = np.linspace(1, 0.1, FIRST + 3)[None]
    found = wanted.copy()
    found[0, -1], found[0, -2] = found[0, -2], found[0, -1]
    assert _same_first(found, wanted).all()
    found[0, -1] = 2
    assert not _same_first(found, wanted).any()
