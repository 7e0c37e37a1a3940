"""Pairs: which are kept, and what they stand for."""

import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.special import logsumexp

from labelsphere.errors import DataError, UsageError
from labelsphere.metrics import DenseScores
from labelsphere.tagger.calibration.pairs import collect_pairs, image_levels, level_of

RANDOM = np.random.default_rng(3)
SCORES = RANDOM.normal(size=(40, 30)).astype(np.float32)
TRUTH = csr_array(RANDOM.random((40, 30)) < 0.1)


def test_all_pairs_are_kept_where_they_fit() -> None:
    pairs = collect_pairs(DenseScores(SCORES), TRUTH)
    assert len(pairs.score) == 1200
    assert (pairs.weight == 1).all()
    assert (np.diff(pairs.label) >= 0).all()
    np.testing.assert_array_equal(pairs.score, SCORES[pairs.image, pairs.label])
    np.testing.assert_array_equal(pairs.positive, TRUTH.toarray()[pairs.image, pairs.label])
    np.testing.assert_array_equal(pairs.positives(), TRUTH.toarray().sum(axis=0))


def test_of_more_the_highest_the_annotated_and_a_sample_that_stands_for_the_rest() -> None:
    pairs = collect_pairs(DenseScores(SCORES), TRUTH, most=400)
    kept = np.zeros(SCORES.shape)
    kept[pairs.image, pairs.label] = pairs.weight
    share = 400 // 80
    for row in range(40):
        best = np.argsort(-SCORES[row])[:share]
        certain = np.union1d(best, np.flatnonzero(TRUTH.toarray()[row]))
        assert (kept[row, certain] == 1).all()
        rest = np.setdiff1d(np.arange(30), certain)
        drawn = kept[row, rest][kept[row, rest] > 0]
        if len(drawn):
            assert drawn.sum() == pytest.approx(len(rest))
    assert len(pairs.score) < 700


def test_labels_with_known_absences_are_judged_by_known_pairs_alone() -> None:
    absent = np.zeros((40, 30))
    absent[:7, 4] = 1
    pairs = collect_pairs(DenseScores(SCORES), TRUTH, csr_array(absent))
    truth = TRUTH.toarray()[:, 4]
    known = set(np.flatnonzero(truth | (absent[:, 4] > 0)).tolist())
    mine = pairs.label == 4
    assert set(pairs.image[mine].tolist()) == known
    np.testing.assert_array_equal(pairs.positive[mine], truth[pairs.image[mine]])
    assert (np.bincount(pairs.label, minlength=30)[[3, 5]] == 40).all()


def test_labels_that_cannot_be_predicted_have_no_pairs() -> None:
    scores = SCORES.copy()
    scores[:, 2] = -np.inf
    pairs = collect_pairs(DenseScores(scores), TRUTH)
    assert not (pairs.label == 2).any()
    assert np.isfinite(pairs.score).all()


def test_levels() -> None:
    scores = SCORES.copy()
    scores[0] = -np.inf
    scores[1, :10] = -np.inf
    found = level_of(scores, 0.7)
    expected = logsumexp(0.7 * scores[1:].astype(np.float64), axis=1)
    np.testing.assert_allclose(found[1:], expected, rtol=1e-12)
    assert found[0] == 0
    np.testing.assert_array_equal(image_levels(DenseScores(scores), 0.7), found)


def test_refusals() -> None:
    wrong = SCORES.copy()
    wrong[5, 5] = np.nan
    with pytest.raises(DataError, match="a score of image 5 is NaN"):
        collect_pairs(DenseScores(wrong), TRUTH)
    with pytest.raises(DataError, match="none of the 40 images has a tag"):
        collect_pairs(DenseScores(SCORES), csr_array((40, 30)))
    with pytest.raises(UsageError, match="truth must be images × labels"):
        collect_pairs(DenseScores(SCORES), TRUTH[:, :29])
    with pytest.raises(UsageError, match="absences must be images × labels"):
        collect_pairs(DenseScores(SCORES), TRUTH, TRUTH[:39])
