from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from labelsphere.arrays import AnyArray
from labelsphere.errors import UsageError
from labelsphere.metrics import MapAt100, map_at_100
from labelsphere.metrics.map_at_100 import map_at_100_by_class


def naive(lists: list[list[int]], truth: AnyArray, weights: AnyArray) -> float:
    """The definition read aloud: classes, cut-offs, images."""
    total, classes = 0.0, 0
    for label in range(truth.shape[1]):
        if not truth[:, label].any():
            continue
        classes += 1
        for k in range(1, 101):
            having = [image for image, order in enumerate(lists) if label in order[:k]]
            if having:
                right = sum(truth[image, label] for image in having)
                total += weights[label] * right / len(having) / 100
    return total / classes


@given(seed=st.integers(0, 10**6))
def test_same_as_the_definition(
    seed: int, random_case: Callable, rank: Callable, ranked_lists: Callable
) -> None:
    scores, truth = random_case(seed)
    weights = np.random.default_rng(seed).uniform(0, 4, truth.shape[1])
    lists = ranked_lists(scores)
    sparse = csr_array(truth)
    ones = np.ones(truth.shape[1])
    assert map_at_100(lists, sparse) == pytest.approx(naive(lists, truth, ones), abs=1e-9)
    assert map_at_100(lists, sparse, weights) == pytest.approx(
        naive(lists, truth, weights), abs=1e-9
    )
    by_class = map_at_100_by_class(rank(scores, truth), np.ones((len(lists), 1)))[:, 0]
    assert np.nanmean(by_class) == pytest.approx(naive(lists, truth, ones), abs=1e-9)


def test_same_as_the_definition_with_more_than_100_labels(
    random_case: Callable, ranked_lists: Callable
) -> None:
    scores, truth = random_case(1, images=15, labels=130)
    lists = ranked_lists(scores)
    expected = naive(lists, truth, np.ones(130))
    assert map_at_100(lists, csr_array(truth)) == pytest.approx(expected, abs=1e-9)
    first = [order[:100] for order in lists]
    assert map_at_100(first, csr_array(truth)) == pytest.approx(expected, abs=1e-9)


def test_by_hand() -> None:
    # Image 0: ranked a, b, c, true a. Image 1: ranked b, a, c, true a, c. Image 2: ranked b, c, a,
    # without tags. Classes in the truth: a and c.
    # a: k = 1: one image has a first and it is true: 1. k = 2: images 0 and 1: 1. From k = 3 on all
    #    three: 2/3.                                   sum over k = 1 + 1 + 98 · 2/3
    # c: k = 1: none: 0. k = 2: image 2, false: 0. From k = 3 on all three: 1/3.
    #                                                  sum over k = 98 · 1/3
    top = [[0, 1, 2], [1, 0, 2], [1, 2, 0]]
    truth = csr_array(np.array([[1, 0, 0], [1, 0, 1], [0, 0, 0]]))
    assert map_at_100(top, truth) == pytest.approx((2 + 98) / 100 / 2, abs=1e-12)
    # Weights 3 for a and 6 for c: (3 · (2 + 196/3) + 6 · 98/3) / 100 / 2.
    weighted = map_at_100(top, truth, np.array([3.0, 50.0, 6.0]))
    assert weighted == pytest.approx((6 + 196 + 196) / 200, abs=1e-12)


def test_an_image_without_tags_counts_against_what_is_predicted_for_it() -> None:
    alone = map_at_100([[0, 1]], csr_array(np.array([[1, 0]])))
    both = map_at_100([[0, 1], [0, 1]], csr_array(np.array([[1, 0], [0, 0]])))
    assert (alone, both) == (1.0, 0.5)


def test_weights_are_not_divided_out() -> None:
    top, truth = [[0, 1]], csr_array(np.array([[1, 0]]))
    assert map_at_100(top, truth, np.array([7.0, 0.0])) == 7.0


@given(seed=st.integers(0, 10**6), borders=st.sets(st.integers(0, 12)))
def test_batches_and_merging_do_not_show(
    seed: int, borders: set[int], random_case: Callable, ranked_lists: Callable
) -> None:
    scores, truth = random_case(seed)
    lists = ranked_lists(scores)
    whole = map_at_100(lists, csr_array(truth))
    metric = MapAt100(truth.shape[1])
    edges = [0, *sorted(borders), 12]
    for start, stop in pairwise(edges):
        part = csr_array(truth[start:stop].reshape(-1, truth.shape[1]))
        batch = np.array(lists[start:stop], np.int64).reshape(-1, truth.shape[1])
        if start < 6:
            metric.update(batch, part)
        else:
            metric.merge(MapAt100(truth.shape[1]).update(batch, part))
    assert metric.compute() == pytest.approx(whole, abs=1e-12)


def test_state_grows_with_classes_not_images() -> None:
    metric = MapAt100(300)
    top = np.tile(np.arange(100), (50, 1))
    metric.update(top, csr_array(np.ones((50, 300))))
    assert metric.predicted.shape == metric.correct.shape == (300, 100)
    assert metric.occurrences.tolist() == [50.0] * 300


@pytest.mark.parametrize(
    ("top", "message"),
    [
        ([[0, 1]], "images × 3 label numbers or more"),
        ([[0, 1, 3]], "from 0 to 2"),
        ([[0, -1, 2]], "from 0 to 2"),
        ([[0, 1, 1]], "twice in one row"),
        ([[0, 1, 2], [0, 1, 2]], r"truth must be \(2, 3\), but got \(1, 3\)"),
    ],
)
def test_rankings_that_are_none_are_refused(top: list[list[int]], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        MapAt100(3).update(top, csr_array(np.ones((1, 3))))


def test_nothing_true_has_no_figure() -> None:
    with pytest.raises(UsageError, match="not defined without a true tag"):
        map_at_100([[0, 1]], csr_array((1, 2)))


def test_weights_of_other_length_are_refused() -> None:
    with pytest.raises(UsageError, match="2 numbers, one per class"):
        map_at_100([[0, 1]], csr_array(np.ones((1, 2))), np.ones(3))


def test_other_classes_cannot_be_merged() -> None:
    with pytest.raises(UsageError, match="over 3 classes into 2"):
        MapAt100(2).merge(MapAt100(3))
