from collections.abc import Callable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.arrays import BoolArray
from labelsphere.metrics.true_ranks import TrueRanks


def test_counts_and_positions_by_hand() -> None:
    # Image 0 has two true tags, image 1 none, image 2 one.
    ranks = TrueRanks(3, np.array([0, 0, 2]), np.array([4, 1, 0]), np.array([2, 7, 3]))
    assert ranks.tags_per_image.tolist() == [2, 0, 1]
    assert ranks.positions.tolist() == [1, 2, 1]


@given(seed=st.integers(0, 10**6))
def test_restricting_takes_other_true_tags_out_of_the_ranking(
    seed: int, random_case: Callable, rank: Callable, ranked_lists: Callable
) -> None:
    scores, truth = random_case(seed)
    kept: BoolArray = np.random.default_rng(seed).random(truth.shape[1]) < 0.5
    ranks = rank(scores, truth).true_ranks.restricted_to(kept)
    expected = []
    for image, order in enumerate(ranked_lists(scores)):
        remaining = [label for label in order if kept[label] or not truth[image, label]]
        expected += [
            (image, label, place)
            for place, label in enumerate(remaining, start=1)
            if truth[image, label]
        ]
    found = zip(ranks.images.tolist(), ranks.labels.tolist(), ranks.ranks.tolist(), strict=True)
    assert list(found) == expected


def test_keeping_all_labels_changes_nothing() -> None:
    ranks = TrueRanks(1, np.array([0, 0]), np.array([4, 1]), np.array([2, 7]))
    assert ranks.restricted_to(np.ones(5, bool)).ranks.tolist() == [2, 7]
