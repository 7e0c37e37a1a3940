"""The whole calibration, on simulated scores whose true probabilities are known."""

from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy.sparse import csr_array

from labelsphere.errors import DataError, UsageError
from labelsphere.metrics import DenseScores
from labelsphere.metrics.buckets import frequency_buckets
from labelsphere.tagger.calibration import Calibration, Goal, calibrate

if TYPE_CHECKING:
    from tests.tagger.calibration.conftest import Simulated


def fitted(data: "Simulated", goal: Goal | None = None) -> Calibration:
    return calibrate(DenseScores(data.scores), data.truth, counts=data.counts, goal=goal)


def f1(chosen: np.ndarray, truth: np.ndarray) -> tuple[float, float]:
    right, given, there = (chosen & truth).sum(0), chosen.sum(0), truth.sum(0)
    of_labels = (2 * right / np.maximum(given + there, 1))[there > 0]
    return 2 * right.sum() / (given.sum() + there.sum()), float(of_labels.mean())


def best_cut(scores: np.ndarray, truth: np.ndarray) -> float:
    order = np.argsort(-scores)
    right = np.cumsum(truth[order])
    found = 2 * right / (np.arange(1, len(order) + 1) + truth.sum())
    return float(scores[order[found.argmax()]]) if truth.any() else np.inf


def test_probabilities_are_near_the_true_ones(simulated: "Simulated") -> None:
    held, unseen = simulated.rows(0, 1000), simulated.rows(1000, 3000)
    found = fitted(held).probabilities(unseen.scores)
    true = unseen.probabilities
    assert np.abs(found - true).mean() < 0.01
    buckets = frequency_buckets(simulated.counts)
    for mask in (np.ones(150, bool), *buckets.values()):
        # One or two hundred positives cannot tell more.
        allowed = 2 / np.sqrt(held.truth.toarray()[:, mask].sum())
        for low, high in ((0.05, 0.3), (0.3, 0.7), (0.7, 1.0)):
            inside = mask & (found >= low) & (found < high)
            if inside.sum() > 50:
                assert abs(found[inside].mean() - true[inside].mean()) < allowed


def test_the_promised_precision_is_reached_in_each_bucket(simulated: "Simulated") -> None:
    held, unseen = simulated.rows(0, 1000), simulated.rows(1000, 3000)
    found = fitted(held, Goal(precision=0.8))
    chosen = found.accepted(found.probabilities(unseen.scores))
    assert chosen.sum() > 300
    for mask in frequency_buckets(simulated.counts).values():
        likely = unseen.probabilities[:, mask][chosen[:, mask]]
        if len(likely) > 20:
            error = 2 * np.sqrt(0.16 / len(likely))
            assert likely.mean() > 0.8 - error - 0.02


def test_f1_beats_one_cut_and_cuts_tuned_by_label(simulated: "Simulated") -> None:
    held, unseen = simulated.rows(0, 1000), simulated.rows(1000, 3000)
    truth, new = held.truth.toarray(), unseen.truth.toarray()
    found = fitted(held, Goal(f1=True))
    mine = f1(found.accepted(found.probabilities(unseen.scores)), new)
    one = best_cut(held.scores.ravel(), truth.ravel())
    cuts = [best_cut(held.scores[:, n], truth[:, n]) for n in range(truth.shape[1])]
    for others in (one, np.array(cuts)):
        theirs = f1(unseen.scores >= others, new)
        assert mine[0] > theirs[0]
        assert mine[1] > theirs[1]


def test_labels_with_few_images_take_their_buckets_thresholds(simulated: "Simulated") -> None:
    found = fitted(simulated.rows(0, 400), Goal(f1=True))
    few = found.positives < 5
    assert few.any()
    assert not few.all()
    assert [source == "bucket" for source in found.sources] == few.tolist()
    for mask in frequency_buckets(simulated.counts).values():
        for values in (found.accept, found.precision.low, found.recall.high):
            assert len(np.unique(values[mask & few])) <= 1


def test_suggested_tags_reach_further_than_accepted_ones(simulated: "Simulated") -> None:
    for goal in (Goal(), Goal(f1=True), Goal(at_most=3)):
        found = fitted(simulated.rows(0, 600), goal)
        assert (found.suggest < found.accept).all()
        probabilities = found.probabilities(simulated.scores[600:700])
        both = found.accepted(probabilities) & found.suggested(probabilities)
        assert not both.any()
        assert (found.suggest_recall.value >= found.recall.value - 1e-9).mean() > 0.9


def test_at_most_so_many_tags_an_image(simulated: "Simulated") -> None:
    found = fitted(simulated.rows(0, 600), Goal(at_most=3))
    probabilities = found.probabilities(simulated.scores[600:])
    assert (found.accepted(probabilities).sum(axis=1) <= 3).all()
    crowded = (probabilities >= found.accept).sum(axis=1) > 3
    assert crowded.mean() < 0.1
    assert len(np.unique(found.accept)) == 1


def test_known_absences_change_what_missing_tags_mean() -> None:
    random = np.random.default_rng(0)
    scores = random.normal(size=(2_000, 3)).astype(np.float32)
    there = random.random(scores.shape) < 0.5
    named = random.random(scores.shape) < 0.4
    truth, absent = csr_array(there & named), csr_array(~there & named)
    counts = np.array([50, 60, 70])
    blind = calibrate(DenseScores(scores), truth, counts=counts)
    told = calibrate(DenseScores(scores), truth, absent, counts=counts)
    assert blind.probabilities(scores).mean() == pytest.approx(0.2, abs=0.03)
    assert told.probabilities(scores).mean() == pytest.approx(0.5, abs=0.03)


def test_labels_that_cannot_be_predicted_are_never_accepted(simulated: "Simulated") -> None:
    data = simulated.rows(0, 300)
    scores = data.scores.copy()
    scores[:, 7] = -np.inf
    found = calibrate(DenseScores(scores), data.truth, counts=data.counts)
    assert found.accept[7] == found.suggest[7] == np.inf
    assert (found.probabilities(scores)[:, 7] == 0).all()


def test_a_sample_of_the_pairs_gives_about_the_same(
    simulated: "Simulated", monkeypatch: pytest.MonkeyPatch
) -> None:
    held, unseen = simulated.rows(0, 1000), simulated.rows(1000, 1500)
    whole = fitted(held).probabilities(unseen.scores)
    monkeypatch.setattr("labelsphere.tagger.calibration.pairs.PAIRS", 40_000)
    some = fitted(held).probabilities(unseen.scores)
    assert 0 < np.abs(some - whole).max() < 0.12
    assert np.abs(some - whole).mean() < 0.002


def test_a_single_positive_is_enough_to_run() -> None:
    scores = np.random.default_rng(0).normal(size=(30, 4)).astype(np.float32)
    truth = np.zeros((30, 4))
    truth[3, 2] = 1
    found = calibrate(DenseScores(scores), csr_array(truth), counts=np.array([0, 1, 20, 5000]))
    probabilities = found.probabilities(scores)
    assert np.isfinite(probabilities).all()
    assert probabilities.sum() == pytest.approx(1, abs=1.5)


def test_equal_scores_everywhere_give_shares() -> None:
    random = np.random.default_rng(0)
    truth = random.random((400, 3)) < [0.1, 0.3, 0.5]
    scores = np.zeros((400, 3), np.float32)
    found = calibrate(DenseScores(scores), csr_array(truth), counts=np.array([40, 50, 60]))
    mean = found.probabilities(scores)[0]
    np.testing.assert_allclose(mean, truth.mean(axis=0), atol=0.04)


def test_refusals(simulated: "Simulated") -> None:
    data = simulated.rows(0, 50)
    with pytest.raises(UsageError, match="counts must be one number for each of 150 labels"):
        calibrate(DenseScores(data.scores), data.truth, counts=data.counts[:3])
    with pytest.raises(DataError, match="none of the 50 images"):
        calibrate(DenseScores(data.scores), csr_array((50, 150)), counts=data.counts)
    found = fitted(simulated.rows(0, 200))
    with pytest.raises(UsageError, match="images × 150 labels, but got shape"):
        found.probabilities(data.scores[:, :10])
