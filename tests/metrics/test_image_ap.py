from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import label_ranking_average_precision_score

from labelsphere.metrics.image_ap import image_ap

ONE = np.ones((12, 1))


@given(seed=st.integers(0, 10**6))
def test_same_as_walking_down_the_ranking(
    seed: int, random_case: Callable, rank: Callable, ranked_lists: Callable
) -> None:
    scores, truth = random_case(seed)
    means = []
    for image, order in enumerate(ranked_lists(scores)):
        precisions = [
            sum(truth[image, other] for other in order[:place]) / place
            for place, label in enumerate(order, start=1)
            if truth[image, label]
        ]
        if precisions:
            means.append(sum(precisions) / len(precisions))
    found = image_ap(rank(scores, truth).true_ranks).average(ONE)[0]
    assert found == pytest.approx(sum(means) / len(means), abs=1e-9)


def test_same_as_scikit_learn_without_ties(random_case: Callable, rank: Callable) -> None:
    for seed in range(10):
        scores, truth = random_case(seed, ties=False)
        tagged = truth.any(axis=1)
        found = image_ap(rank(scores, truth).true_ranks).average(ONE)[0]
        expected = label_ranking_average_precision_score(truth[tagged], scores[tagged])
        assert found == pytest.approx(expected, abs=1e-9)


def test_by_hand(rank: Callable) -> None:
    # Ranked 2, 0, 1 with 2 and 1 true: (1/1 + 2/3) / 2. The second image has no tag.
    ranking = rank(np.array([[0.5, 0.1, 0.9]] * 2), np.array([[0, 1, 1], [0, 0, 0]]))
    found = image_ap(ranking.true_ranks).average(np.ones((2, 1)))[0]
    assert found == pytest.approx(5 / 6, abs=1e-12)
