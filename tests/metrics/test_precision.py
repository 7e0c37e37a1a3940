from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.metrics.precision import precision

ONE = np.ones((12, 1))


@given(seed=st.integers(0, 10**6), k=st.integers(1, 12))
def test_same_as_counting(
    seed: int, k: int, random_case: Callable, rank: Callable, ranked_lists: Callable
) -> None:
    scores, truth = random_case(seed)
    shares = [
        sum(truth[image, label] for label in order[:k]) / k
        for image, order in enumerate(ranked_lists(scores))
        if truth[image].any()
    ]
    found = precision(rank(scores, truth).true_ranks, k).average(ONE)[0]
    assert found == pytest.approx(sum(shares) / len(shares), abs=1e-9)


def test_by_hand(rank: Callable) -> None:
    # Ranked 2, 0, 1: of the first two, label 2 is true. The second image has no tag.
    ranking = rank(np.array([[0.5, 0.1, 0.9]] * 2), np.array([[0, 1, 1], [0, 0, 0]]))
    assert precision(ranking.true_ranks, 2).average(np.ones((2, 1))).tolist() == [0.5]


def test_fewer_labels_than_k_still_divide_by_k(rank: Callable) -> None:
    ranking = rank(np.array([[0.5, 0.1]]), np.array([[1, 1]]))
    assert precision(ranking.true_ranks, 10).average(np.ones((1, 1))).tolist() == [0.2]
