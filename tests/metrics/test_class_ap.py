from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from labelsphere.arrays import AnyArray
from labelsphere.metrics import scores as scores_module
from labelsphere.metrics.class_ap import class_ap_by_class


def naive(column: AnyArray, true: AnyArray, weights: AnyArray) -> float:
    """Mean over true images of the share of true among those that score at least as high."""
    images = range(len(column))
    gained = total = 0.0
    for own in images:
        if true[own] and weights[own]:
            above = [other for other in images if column[other] >= column[own]]
            right = sum(weights[other] for other in above if true[other])
            gained += weights[own] * right / sum(weights[other] for other in above)
            total += weights[own]
    return gained / total if total else float("nan")


@given(seed=st.integers(0, 10**6))
def test_same_as_counting_under_any_weights(
    seed: int, random_case: Callable, rank: Callable
) -> None:
    scores, truth = random_case(seed)
    rng = np.random.default_rng(seed)
    weights = np.stack([np.ones(12), rng.integers(0, 3, 12), rng.uniform(0, 2, 12)], axis=1)
    found = class_ap_by_class(rank(scores, truth), weights)
    expected = [
        [naive(scores[:, label], truth[:, label], weights[:, draw]) for draw in range(3)]
        for label in range(truth.shape[1])
    ]
    np.testing.assert_allclose(found, expected, atol=1e-9)


@pytest.mark.parametrize("ties", [False, True])
def test_same_as_scikit_learn(ties: bool, random_case: Callable, rank: Callable) -> None:
    for seed in range(10):
        scores, truth = random_case(seed, ties=ties)
        found = class_ap_by_class(rank(scores, truth), np.ones((12, 1)))[:, 0]
        # scikit-learn takes no infinities; -100 is lower than every other score.
        finite = np.where(np.isinf(scores), -100, scores)
        for label in range(truth.shape[1]):
            if truth[:, label].any():
                expected = average_precision_score(truth[:, label], finite[:, label])
                assert found[label] == pytest.approx(expected, abs=1e-9)
            else:
                assert np.isnan(found[label])


def test_repeating_an_image_is_the_same_as_weighing_it(
    random_case: Callable, rank: Callable
) -> None:
    scores, truth = random_case(4)
    times = np.array([0, 1, 2, 3, 0, 1, 1, 2, 0, 1, 1, 0])
    weighed = class_ap_by_class(rank(scores, truth), times[:, None].astype(float))
    repeated = rank(np.repeat(scores, times, axis=0), np.repeat(truth, times, axis=0))
    counted = class_ap_by_class(repeated, np.ones((times.sum(), 1)))
    np.testing.assert_allclose(weighed, counted, atol=1e-12)


def test_by_hand(rank: Callable) -> None:
    # One class, images scored 4, 3, 2, 2, 1; true are those with 3, the first 2, and 1.
    # At 3: 1 of 2. At 2: two of four, ties together. At 1: 3 of 5. Mean (1/2 + 1/2 + 3/5) / 3.
    ranking = rank(
        np.array([[4.0], [3.0], [2.0], [2.0], [1.0]]), np.array([[0], [1], [1], [0], [1]])
    )
    found = class_ap_by_class(ranking, np.ones((5, 1)))[0, 0]
    assert found == pytest.approx(1.6 / 3, abs=1e-12)


def test_constant_scores_give_the_share_of_true_images(rank: Callable) -> None:
    truth = np.array([[1, 0], [0, 1], [1, 0], [1, 0]])
    found = class_ap_by_class(rank(np.zeros((4, 2)), truth), np.ones((4, 1)))
    assert found[:, 0].tolist() == [0.75, 0.25]


def test_blocks_do_not_show(
    monkeypatch: pytest.MonkeyPatch, random_case: Callable, rank: Callable
) -> None:
    scores, truth = random_case(8, images=30)
    truth[:, 4] = False
    ranking = rank(scores, truth)
    whole = class_ap_by_class(ranking, np.ones((30, 1)))
    monkeypatch.setattr(scores_module, "BLOCK_CELLS", 30)
    np.testing.assert_array_equal(class_ap_by_class(ranking, np.ones((30, 1))), whole)
