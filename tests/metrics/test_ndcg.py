import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from labelsphere.metrics.ndcg import ndcg


@given(seed=st.integers(0, 10**6), k=st.integers(1, 12))
def test_same_as_summing(
    seed: int, k: int, random_case: Callable, rank: Callable, ranked_lists: Callable
) -> None:
    scores, truth = random_case(seed)
    shares = []
    for image, order in enumerate(ranked_lists(scores)):
        if not truth[image].any():
            continue
        gained = sum(
            1 / math.log2(place + 1)
            for place, label in enumerate(order[:k], start=1)
            if truth[image, label]
        )
        most = sum(1 / math.log2(place + 1) for place in range(1, min(k, truth[image].sum()) + 1))
        shares.append(gained / most)
    found = ndcg(rank(scores, truth).true_ranks, k).average(np.ones((12, 1)))[0]
    assert found == pytest.approx(sum(shares) / len(shares), abs=1e-9)


@pytest.mark.parametrize("k", [1, 3, 9])
def test_same_as_scikit_learn_without_ties(k: int, random_case: Callable, rank: Callable) -> None:
    for seed in range(10):
        scores, truth = random_case(seed, ties=False)
        tagged = truth.any(axis=1)
        found = ndcg(rank(scores, truth).true_ranks, k).average(np.ones((12, 1)))[0]
        expected = ndcg_score(truth[tagged].astype(int), scores[tagged], k=k)
        assert found == pytest.approx(expected, abs=1e-9)


def test_by_hand(rank: Callable) -> None:
    # Ranked 2, 0, 1; true 2 and 1: (1 / log2 2 + 1 / log2 4) / (1 / log2 2 + 1 / log2 3).
    true_ranks = rank(np.array([[0.5, 0.1, 0.9]]), np.array([[0, 1, 1]])).true_ranks
    found = ndcg(true_ranks, 3).average(np.ones((1, 1)))[0]
    assert found == pytest.approx(1.5 / (1 + 1 / math.log2(3)), abs=1e-12)
