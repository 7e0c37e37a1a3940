"""Calibration of labels that were renamed, removed, merged or placed."""

from typing import TYPE_CHECKING

import numpy as np
import pytest

from labelsphere.metrics import DenseScores
from labelsphere.metrics.buckets import frequency_buckets
from labelsphere.tagger.calibration import Calibration, Goal, calibrate
from labelsphere.tagger.calibration.transfer import transfer

if TYPE_CHECKING:
    from tests.tagger.calibration.conftest import Simulated


@pytest.fixture(scope="module")
def calibration(simulated: "Simulated") -> Calibration:
    data = simulated.rows(0, 2000)
    return calibrate(DenseScores(data.scores), data.truth, counts=data.counts, goal=Goal(f1=True))


def vectors(labels: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(labels, 8))


def test_labels_that_stay_keep_everything(calibration: Calibration, simulated: "Simulated") -> None:
    order = np.random.default_rng(1).permutation(150)
    names = tuple(f"new {number}" for number in order)
    found = transfer(calibration, names, order, calibration.counts[order], vectors(150))
    scores = simulated.scores[2000:]
    expected = calibration.probabilities(scores)[:, order]
    np.testing.assert_allclose(found.probabilities(scores[:, order]), expected, rtol=1e-9)
    np.testing.assert_array_equal(found.accept, calibration.accept[order])
    np.testing.assert_array_equal(found.precision.low, calibration.precision.low[order])
    assert found.names == names


def test_removed_labels_are_gone(calibration: Calibration, simulated: "Simulated") -> None:
    kept = np.arange(0, 150, 2)
    names = tuple(map(str, kept))
    found = transfer(calibration, names, kept, calibration.counts[kept], vectors(75))
    assert found.probabilities(simulated.scores[:5, kept]).shape == (5, 75)


def test_a_new_label_takes_its_count_and_its_neighbors(calibration: Calibration) -> None:
    unit = vectors(152)
    away = calibration.platt.bias - calibration.platt.bucket_bias
    high = np.argsort(-away)[:12]
    # One new label among those that are likelier than their buckets, one with nobody near.
    unit[150] = unit[high].mean(axis=0)
    unit[high] = unit[150] + 0.01 * vectors(12)
    unit[151] = 0
    count = int(np.median(calibration.counts))
    counts = np.append(calibration.counts, [count, count])
    source = np.append(np.arange(150), [-1, -1])
    names = tuple(map(str, range(152)))
    found = transfer(calibration, names, source, counts, unit)
    assert found.sources[150:] == ("neighbors", "neighbors")
    assert found.positives[150:].tolist() == [0, 0]
    own = found.platt.bias - found.platt.bucket_bias
    assert own[151] == pytest.approx(0)
    assert own[150] == pytest.approx(10 / 11 * away[high].mean(), abs=0.15)
    assert own[150] > 0.05
    assert np.isfinite(found.accept[150:]).all()
    bucket = next(m for m in frequency_buckets(found.counts).values() if m[150])[:150]
    assert found.accept[150] in calibration.accept[bucket]


def test_a_count_beyond_all_buckets_takes_the_nearest(calibration: Calibration) -> None:
    counts = np.array([0, 10**6])
    names = ("none", "many")
    found = transfer(calibration, names, np.array([-1, -1]), counts, vectors(2))
    scores = np.array([[2.0, 2.0], [-1.0, -1.0]])
    probabilities = found.probabilities(scores)
    assert np.isfinite(probabilities).all()
    assert (probabilities[0] > probabilities[1]).all()
