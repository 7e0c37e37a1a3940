import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.errors import UsageError
from labelsphere.metrics.propensity_scored_precision import (
    label_propensities,
    propensity_scored_precision,
)

ONE = np.ones((12, 1))


def test_propensities_follow_the_formula() -> None:
    counts = np.array([0, 1, 50, 1000])
    scale = (math.log(1000) - 1) * 2.5**0.55
    expected = [1 / (1 + scale * math.exp(-0.55 * math.log(count + 1.5))) for count in counts]
    np.testing.assert_allclose(label_propensities(counts, 1000), expected, rtol=1e-12)


def test_more_frequent_labels_are_more_likely_annotated() -> None:
    propensities = label_propensities(np.arange(100), 5000)
    assert (np.diff(propensities) > 0).all()
    assert propensities.min() > 0
    assert propensities.max() < 1


def test_few_training_images_leave_all_propensities_at_one() -> None:
    assert label_propensities(np.array([0, 2]), 2).tolist() == [1, 1]


@pytest.mark.parametrize(("n_images", "offset"), [(0, 1.5), (-3, 1.5), (10, 0.0)])
def test_bad_numbers_are_refused(n_images: int, offset: float) -> None:
    with pytest.raises(UsageError, match="propensities need"):
        label_propensities(np.array([1]), n_images, offset=offset)


@given(seed=st.integers(0, 10**6), k=st.integers(1, 12))
def test_same_as_summing(
    seed: int, k: int, random_case: Callable, rank: Callable, ranked_lists: Callable
) -> None:
    scores, truth = random_case(seed)
    propensities = np.random.default_rng(seed).uniform(0.1, 1, truth.shape[1])
    gained = possible = 0.0
    for image, order in enumerate(ranked_lists(scores)):
        gained += sum(1 / propensities[label] for label in order[:k] if truth[image, label])
        true_gains = [1 / propensities[label] for label in order if truth[image, label]]
        possible += sum(sorted(true_gains, reverse=True)[:k])
    true_ranks = rank(scores, truth).true_ranks
    found = propensity_scored_precision(true_ranks, k, propensities).average(ONE)[0]
    assert found == pytest.approx(gained / possible, abs=1e-9)


def test_by_hand(rank: Callable) -> None:
    # One prediction each: image 0 is shown its common tag (gain 1) where the rare one (gain 4)
    # was possible, image 1 its only tag (gain 1): (1 + 1) / (4 + 1).
    ranking = rank(np.array([[0.9, 0.1], [0.9, 0.1]]), np.array([[1, 1], [1, 0]]))
    figures = propensity_scored_precision(ranking.true_ranks, 1, np.array([1.0, 0.25]))
    assert figures.average(np.ones((2, 1))).tolist() == [0.4]


def test_equal_propensities_leave_precision_over_the_best_precision(
    random_case: Callable, rank: Callable
) -> None:
    scores, truth = random_case(5)
    true_ranks = rank(scores, truth).true_ranks
    found = propensity_scored_precision(true_ranks, 3, np.full(9, 0.3)).average(ONE)[0]
    hits = (true_ranks.ranks <= 3).sum()
    assert found == pytest.approx(hits / np.minimum(truth.sum(axis=1), 3).sum(), abs=1e-9)
