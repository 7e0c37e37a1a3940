"""Thresholds of labels: a label's own if it has enough images, else its bucket's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from labelsphere.arrays import BoolArray, DoubleArray, IntArray
from labelsphere.tagger.calibration.goal import Goal
from labelsphere.tagger.calibration.pairs import Pairs
from labelsphere.tagger.calibration.thresholds import (
    RankedPairs,
    threshold_for_number,
    thresholds_for_f1,
    thresholds_for_precision,
)

Choose: TypeAlias = Callable[[RankedPairs, IntArray], DoubleArray]
"""Function of ranked pairs and the number of labels per group; returns thresholds of groups."""


@dataclass(frozen=True, eq=False)
class SharedThresholds:
    """One threshold for each group of labels.

    The first groups are labels, the following ones are buckets.

    Attributes:
        own: (labels,) whether the label is a group of its own.
        group: (labels,) int64 group of each label.
        thresholds: (groups,) float64; 1 for a group without pairs.
    """

    own: BoolArray
    group: IntArray
    thresholds: DoubleArray

    def of_labels(self) -> DoubleArray:
        """Threshold of each label, (labels,)."""
        return self.thresholds[self.group]


def choose_thresholds(
    goal: Goal,
    pairs: Pairs,
    probability: DoubleArray,
    enough: BoolArray,
    buckets: Sequence[BoolArray],
) -> tuple[SharedThresholds, SharedThresholds]:
    """Choose thresholds to accept and to suggest tags.

    The suggest threshold has the best F1, but is at most half the accept threshold.

    Args:
        goal: Goal of the accept thresholds.
        pairs: Scored pairs.
        probability: (pairs,) float64.
        enough: (labels,) whether a label has enough images for its own thresholds.
        buckets: (labels,) masks; each label is in one.
    """
    by_f1 = _shared(pairs, probability, enough, buckets, thresholds_for_f1)
    if goal.f1:
        accept = by_f1
    elif goal.precision is not None:
        wanted = goal.precision

        def by_precision(ranked: RankedPairs, _: IntArray) -> DoubleArray:
            return thresholds_for_precision(ranked, wanted)

        alone = _shared(pairs, probability, enough, buckets, by_precision)
        # If a label alone does not reach the precision, its bucket may.
        reaching = enough & (alone.of_labels() < wanted)
        accept = _shared(pairs, probability, reaching, buckets, by_precision)
    else:
        assert goal.at_most is not None
        images = np.unique(pairs.image)
        one = threshold_for_number(pairs.image, probability, images, goal.at_most)
        accept = SharedThresholds(by_f1.own, by_f1.group, np.full(len(by_f1.thresholds), one))
    # Compare per label, because labels may share one threshold and not the other.
    least = accept.of_labels() / 2
    suggest = by_f1.thresholds.copy()
    np.minimum.at(suggest, by_f1.group, least)
    return accept, SharedThresholds(by_f1.own, by_f1.group, suggest)


def _shared(
    pairs: Pairs,
    probability: DoubleArray,
    own: BoolArray,
    buckets: Sequence[BoolArray],
    choose: Choose,
) -> SharedThresholds:
    """Choose thresholds of labels with enough images, and of the others by bucket."""
    n_labels = len(own)
    group = np.arange(n_labels)
    for number, mask in enumerate(buckets):
        group[mask & ~own] = n_labels + number
    ranked = RankedPairs.of(group[pairs.label], probability, pairs.weight)
    thresholds = np.ones(n_labels + len(buckets))
    sizes = np.bincount(group, minlength=len(thresholds))
    thresholds[ranked.groups] = choose(ranked, sizes[ranked.groups])
    return SharedThresholds(own, group, thresholds)
