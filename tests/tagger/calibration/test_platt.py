"""Platt scaling: scikit-learn where nothing is shrunk, and what shrinking does."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.special import expit, logit
from sklearn.linear_model import LogisticRegression

from labelsphere.metrics import DenseScores
from labelsphere.tagger.calibration.pairs import Pairs, collect_pairs
from labelsphere.tagger.calibration.platt import PlattScaling, fit_platt, fit_scale


def pairs_of(scores: np.ndarray, truth: np.ndarray) -> Pairs:
    return collect_pairs(DenseScores(scores), csr_array(truth))


def fit(pairs: Pairs, levels: np.ndarray, buckets: list[np.ndarray]) -> PlattScaling:
    return fit_platt(pairs, levels, buckets, fit_scale(pairs))


def test_one_label_with_many_images_is_logistic_regression() -> None:
    random = np.random.default_rng(0)
    scores = random.normal(0, 2, (20_000, 1)).astype(np.float32)
    levels = np.clip(random.normal(size=20_000), -2, 2)
    odds = -1 + 0.8 * scores[:, 0] + 0.5 * np.maximum(scores[:, 0] - 1, 0) - 0.3 * levels
    truth = (random.random(20_000) < expit(odds))[:, None]
    pairs = pairs_of(scores, truth)
    found = fit(pairs, levels, [np.ones(1, bool)])
    first, second, third = found.bends[0]
    score = scores[:, 0].astype(np.float64)
    assert [first, second, third] == np.quantile(score[truth[:, 0]], [0.5, 0.75, 0.9]).tolist()
    rise = np.clip((score - first) / (second - first), 0, 1)
    design = np.column_stack(
        [score, *(np.maximum(score - bend, 0) for bend in found.bends[0]), levels, levels * rise]
    )
    oracle = LogisticRegression(C=np.inf, tol=1e-9, max_iter=1000).fit(design, truth[:, 0])
    expected = oracle.decision_function(design)
    mine = found.log_odds(score, levels, np.zeros(20_000, np.int64))
    np.testing.assert_allclose(expit(mine), expit(expected), atol=0.01)


def test_the_scale_is_the_slope_of_plain_platt_scaling() -> None:
    random = np.random.default_rng(1)
    scores = random.normal(-2, 2, (5_000, 4)).astype(np.float32)
    truth = random.random(scores.shape) < expit(0.6 * scores)
    assert fit_scale(pairs_of(scores, truth)) == pytest.approx(0.6, abs=0.04)


@pytest.mark.parametrize("factor", [1.0, 0.01, 100.0])
def test_the_unit_of_the_scores_does_not_matter(factor: float) -> None:
    random = np.random.default_rng(2)
    odds = random.normal(-2, 2, (3_000, 5))
    truth = random.random(odds.shape) < expit(odds)
    scores = (factor * odds).astype(np.float32)
    pairs = pairs_of(scores, truth)
    found = fit(pairs, np.zeros(3_000), [np.ones(5, bool)])
    mine = found.log_odds(scores.astype(np.float64), np.zeros((3_000, 1)), slice(None))
    assert np.abs(expit(mine) - expit(odds)).max() < 0.06


def test_a_bias_is_its_own_with_many_images_and_the_buckets_with_few() -> None:
    random = np.random.default_rng(4)
    biases = random.normal(-3, 1, 60)
    scores = random.normal(size=(4_000, 60)).astype(np.float32)
    truth = random.random(scores.shape) < expit(scores + biases)
    whole = fit(pairs_of(scores, truth), np.zeros(4_000), [np.ones(60, bool)])
    # The bend is at one score for all labels: there, log-odds differ by the biases.
    assert np.corrcoef(whole.bias, biases)[0, 1] > 0.98
    few = scores[:40], truth[:40]
    found = fit(pairs_of(*few), np.zeros(40), [np.ones(60, bool)])
    assert 0 < found.bias.std() < 0.75 * whole.bias.std()
    none = ~few[1].any(axis=0)
    assert none.any()
    # A label that is never there in 40 images is rarer than others, but not impossible.
    assert (found.bias[none] < found.bucket_bias[none]).all()
    assert (expit(found.bias[none]) > 1e-3).all()


def test_buckets_have_slopes_of_their_own() -> None:
    random = np.random.default_rng(5)
    scores = random.normal(size=(4_000, 20)).astype(np.float32)
    slope = np.repeat([1.0, 1.5], 10)
    truth = random.random(scores.shape) < expit(slope * scores - 1)
    first = np.arange(20) < 10
    found = fit(pairs_of(scores, truth), np.zeros(4_000), [first, ~first])
    assert found.slopes[0, 0] == pytest.approx(1.0, abs=0.15)
    assert found.slopes[-1, 0] == pytest.approx(1.5, abs=0.2)
    assert len(set(found.slopes[:10, 0].tolist())) == 1


def test_scores_against_the_truth_give_no_falling_line() -> None:
    random = np.random.default_rng(6)
    scores = random.normal(size=(500, 3)).astype(np.float32)
    truth = random.random(scores.shape) < expit(-2 * scores - 1)
    found = fit(pairs_of(scores, truth), np.zeros(500), [np.ones(3, bool)])
    assert (found.slopes >= 0).all()
    odds = found.log_odds(np.array([-np.inf, 0.0]), np.zeros(2), np.zeros(2, np.int64))
    assert odds[0] == -np.inf
    assert np.isfinite(odds[1])


def test_a_bucket_without_positives_takes_what_all_labels_have() -> None:
    random = np.random.default_rng(7)
    scores = random.normal(size=(1_000, 6)).astype(np.float32)
    truth = random.random(scores.shape) < expit(scores - 1)
    truth[:, 5] = False
    last = np.arange(6) == 5
    found = fit(pairs_of(scores, truth), np.zeros(1_000), [~last, last])
    assert found.slopes[5, 0] == pytest.approx(found.slopes[0, 0], rel=0.5)
    assert found.bias[5] < logit(0.05)


def test_a_line_rises_at_every_level() -> None:
    random = np.random.default_rng(8)
    scores = random.normal(size=(2_000, 4)).astype(np.float32)
    levels = random.normal(size=2_000)
    # The level turns the line round where scores are high: what no scaling may follow.
    odds = scores - 1 - 3 * levels[:, None] * np.clip(scores, 0, 1)
    truth = random.random(scores.shape) < expit(odds)
    found = fit(pairs_of(scores, truth), levels, [np.ones(4, bool)])
    grid = np.linspace(-4, 4, 200)
    for level in (levels.min(), 0.0, levels.max()):
        line = found.log_odds(grid, np.full(200, level), np.zeros(200, np.int64))
        assert (np.diff(line) >= -1e-9).all()
