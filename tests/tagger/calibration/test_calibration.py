"""Probabilities, and the tags that are accepted and suggested, two ways."""

from typing import TYPE_CHECKING

import numpy as np
import pytest

from labelsphere.errors import UsageError
from labelsphere.metrics import DenseScores
from labelsphere.tagger.calibration import Calibration, Goal, calibrate

if TYPE_CHECKING:
    from tests.tagger.calibration.conftest import Simulated


def fitted(data: "Simulated", goal: Goal) -> Calibration:
    held = data.rows(0, 600)
    return calibrate(DenseScores(held.scores), held.truth, counts=held.counts, goal=goal)


@pytest.mark.parametrize("goal", [Goal(precision=0.7), Goal(f1=True), Goal(at_most=3)])
def test_the_short_way_gives_the_tags_of_the_long_one(simulated: "Simulated", goal: Goal) -> None:
    found = fitted(simulated, goal)
    scores = simulated.rows(600, 900).scores.copy()
    scores[::7, ::5] = -np.inf
    rows, labels, likely, accepted, suggested = found.above_thresholds(scores)
    whole = found.probabilities(scores)
    for short, long in [(accepted, found.accepted(whole)), (suggested, found.suggested(whole))]:
        wide = np.zeros(scores.shape, np.bool_)
        wide[rows, labels] = short
        np.testing.assert_array_equal(wide, long & (scores > -np.inf))
    np.testing.assert_allclose(likely, whole[rows, labels], rtol=1e-12)
    assert (np.diff(rows * found.n_labels + labels) > 0).all()
    assert not (accepted & suggested).any()
    if goal.at_most is not None:
        # Equal probabilities at the last rank would bring more.
        assert found.accepted(whole).sum(axis=1).max() == goal.at_most


def test_impossible_scores_have_probability_0_and_higher_ones_more(
    simulated: "Simulated",
) -> None:
    found = fitted(simulated, Goal())
    scores = simulated.rows(600, 601).scores.copy()
    scores[0, 4] = -np.inf
    assert found.probabilities(scores)[0, 4] == 0
    levels = found.relative_levels(np.array([-1e9, found.center, 1e9]))
    assert levels.tolist() == [-found.reach, 0.0, found.reach]


def test_some_labels_have_the_probabilities_that_they_have_among_all(
    simulated: "Simulated",
) -> None:
    found, scores = fitted(simulated, Goal()), simulated.rows(600, 620).scores
    chosen = np.array([7, 3])
    np.testing.assert_array_equal(
        found.probabilities(scores, chosen), found.probabilities(scores)[:, chosen]
    )


def test_scores_over_other_labels_are_refused(simulated: "Simulated") -> None:
    found = fitted(simulated, Goal())
    for scores in (simulated.scores[:2, :-1], simulated.scores[0]):
        with pytest.raises(UsageError, match="images × 150 labels"):
            found.probabilities(scores)
        with pytest.raises(UsageError, match="images × 150 labels"):
            found.above_thresholds(scores)
