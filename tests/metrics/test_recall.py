from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.metrics.recall import recall


@given(seed=st.integers(0, 10**6), k=st.integers(1, 12))
def test_same_as_counting(
    seed: int, k: int, random_case: Callable, rank: Callable, ranked_lists: Callable
) -> None:
    scores, truth = random_case(seed)
    shares = [
        sum(truth[image, label] for label in order[:k]) / truth[image].sum()
        for image, order in enumerate(ranked_lists(scores))
        if truth[image].any()
    ]
    found = recall(rank(scores, truth).true_ranks, k).average(np.ones((12, 1)))[0]
    assert found == pytest.approx(sum(shares) / len(shares), abs=1e-9)


def test_by_hand(rank: Callable) -> None:
    # Ranked 2, 0, 1: the first two hold one of the two true tags, all three hold both.
    true_ranks = rank(np.array([[0.5, 0.1, 0.9]]), np.array([[0, 1, 1]])).true_ranks
    assert recall(true_ranks, 2).average(np.ones((1, 1))).tolist() == [0.5]
    assert recall(true_ranks, 3).average(np.ones((1, 1))).tolist() == [1.0]
