"""Tags above their thresholds, found by raw score first, against the probabilities of all pairs."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from labelsphere.metrics import DenseScores
from labelsphere.tagger.calibration import Calibration, Goal, calibrate
from labelsphere.tagger.calibration.candidates import least_scores

if TYPE_CHECKING:
    from tests.tagger.calibration.conftest import Simulated

GOALS = [Goal(precision=0.5), Goal(f1=True), Goal(at_most=3)]


def by_all_pairs(found: Calibration, scores: np.ndarray) -> tuple[np.ndarray, ...]:
    probabilities = found.probabilities(scores)
    accepted, suggested = found.accepted(probabilities), found.suggested(probabilities)
    rows, labels = np.nonzero((accepted | suggested) & (scores > -np.inf))
    cells = (rows, labels)
    return rows, labels, probabilities[cells], accepted[cells], suggested[cells]


@pytest.fixture(scope="module", params=GOALS, ids=lambda goal: goal.describe())
def calibration(request: pytest.FixtureRequest, simulated: "Simulated") -> Calibration:
    found = calibrate(
        DenseScores(simulated.scores), simulated.truth, counts=simulated.counts, goal=request.param
    )
    assert len(found.curves.labels) > 3
    return found


def test_the_same_tags_as_by_the_probabilities_of_all_pairs(
    calibration: Calibration, simulated: "Simulated"
) -> None:
    # Thresholds at probabilities that occur, so that ties are there.
    likely = calibration.probabilities(simulated.scores)
    suggest = np.minimum(np.quantile(likely, 0.97, axis=0, method="nearest"), calibration.accept)
    # Some labels that always and some that never reach theirs.
    accept = calibration.accept.copy()
    accept[5], suggest[5], accept[6], suggest[6], suggest[7] = np.inf, np.inf, 2.0, 0.4, 0.0
    tried = replace(calibration, accept=accept, suggest=suggest)
    random = np.random.default_rng(0)
    scores = simulated.scores + random.choice([0, 0, 0, 40, -40, -np.inf], simulated.scores.shape)
    scores = scores.astype(np.float32)
    scores[3] = -np.inf
    for given in (simulated.scores, scores, scores[:0]):
        ours, theirs = tried.above_thresholds(given), by_all_pairs(tried, given)
        for mine, other in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(mine, other)
    assert len(by_all_pairs(tried, scores)[0]) > 1000


def test_few_pairs_are_candidates(calibration: Calibration, simulated: "Simulated") -> None:
    highest = np.minimum(calibration.accept, calibration.suggest)
    least = least_scores(calibration.platt, calibration.curves, highest, calibration.reach)
    there = simulated.scores >= least
    chosen = by_all_pairs(calibration, simulated.scores)[0]
    assert len(chosen) <= there.sum() < 0.2 * there.size


@pytest.mark.parametrize("value", [-30.0, -3.0, 0.0, 2.0, 30.0])
def test_a_curve_gives_a_value_from_its_least_log_odds_on(
    calibration: Calibration, value: float
) -> None:
    curves = calibration.curves
    for number in range(len(curves.labels)):
        least = curves.least(number, value)
        around = np.array([least - 1e-6 * (1 + abs(least)), least + 1e-6 * (1 + abs(least))])
        below, above = curves.curve(number, around)
        assert below < value <= above
    assert curves.least(0, np.inf) == np.inf
    assert curves.least(0, -np.inf) == -np.inf
