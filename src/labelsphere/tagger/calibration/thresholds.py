"""Thresholds on calibrated probabilities that meet a goal.

All are computed from probabilities only: the expected number of correct pairs is the sum of their
probabilities. So tags need not be frequent.
"""

from dataclasses import dataclass

import numpy as np

from labelsphere.arrays import BoolArray, DoubleArray, IntArray

_MACRO_SHARE = 0.25
"""Weight of macro F1, the mean over labels, relative to micro F1, over all pairs."""

_CROWDED = 0.05
"""Share of the images that may have more tags than `Goal.at_most`."""


@dataclass(frozen=True, eq=False)
class RankedPairs:
    """Pairs sorted by group, and by decreasing probability within a group.

    Attributes:
        group: (pairs,) int64, ascending.
        probability: (pairs,) float64.
        starts: (groups,) int64 first pair of each group with pairs.
        groups: (groups,) int64 numbers of these groups.
        accepted: (pairs,) float64 weighted number of the group's pairs up to this one.
        right: (pairs,) float64 expected number of correct pairs among them.
    """

    group: IntArray
    probability: DoubleArray
    starts: IntArray
    groups: IntArray
    accepted: DoubleArray
    right: DoubleArray

    @classmethod
    def of(cls, group: IntArray, probability: DoubleArray, weight: DoubleArray) -> "RankedPairs":
        """Rank pairs, given as three arrays of (pairs,)."""
        order = np.lexsort((-probability, group))
        group, probability, weight = group[order], probability[order], weight[order]
        groups, starts = np.unique(group, return_index=True)
        sizes = np.diff(np.append(starts, len(group)))

        def since_start(values: DoubleArray) -> DoubleArray:
            total = np.cumsum(values)
            before = total[starts] - values[starts]
            summed: DoubleArray = total - np.repeat(before, sizes)
            return summed

        return cls(
            group,
            probability,
            starts.astype(np.int64),
            groups,
            since_start(weight),
            since_start(weight * probability),
        )

    def total_right(self) -> DoubleArray:
        """Expected positives of each group, (groups,)."""
        return self.right[self._stops() - 1]

    def last_where(self, mask: BoolArray) -> IntArray:
        """Find the last pair of each group in a (pairs,) mask, (groups,); -1 for none."""
        indices = np.where(mask, np.arange(len(mask)), -1)
        last: IntArray = np.maximum.reduceat(indices, self.starts)
        return last

    def repeat(self, values: DoubleArray) -> DoubleArray:
        """Repeat a value of each group for its pairs."""
        repeated: DoubleArray = np.repeat(values, np.diff(np.append(self.starts, len(self.group))))
        return repeated

    def _stops(self) -> IntArray:
        return np.append(self.starts[1:], len(self.group))


def thresholds_for_precision(ranked: RankedPairs, precision: float) -> DoubleArray:
    """Find the lowest thresholds with at least the given expected precision, (groups,).

    A threshold is at least half the precision, even if the other accepted tags are more certain. If
    no pair reaches the precision, the threshold is the precision itself.
    """
    last = ranked.last_where(ranked.right >= precision * ranked.accepted)
    # Not half-way to the next pair: a new pair there would be less likely than this one.
    cut = np.maximum(ranked.probability[np.maximum(last, 0)], precision / 2)
    return np.where(last >= 0, cut, precision)


def thresholds_for_f1(ranked: RankedPairs, labels_of_group: IntArray) -> DoubleArray:
    """Find the thresholds with the highest expected weighted mean of micro and macro F1.

    Another pair of probability p increases the F1 of all pairs if 2 p exceeds that F1, and the F1
    of its group if 2 p exceeds the group's. The threshold is where the sum of both gains is 0. A
    group is treated as one label, whose weight in the macro mean is its number of labels.

    Args:
        ranked: The pairs.
        labels_of_group: (groups,) number of labels in each group.
    """
    total = ranked.total_right()
    macro = _MACRO_SHARE * labels_of_group / labels_of_group.sum()
    cut = np.full(len(ranked.groups), 0.25)
    for _ in range(100):
        last = ranked.last_where(ranked.probability >= ranked.repeat(cut))
        some = last >= 0
        right = np.where(some, ranked.right[last], 0.0)
        count = np.where(some, ranked.accepted[last], 0.0) + total
        micro_f1 = 2 * right.sum() / max(count.sum(), 1e-300)
        gain, macro_gain = 1 / max(count.sum(), 1e-300), macro / np.maximum(count, 1e-300)
        group_f1 = 2 * right / np.maximum(count, 1e-300)
        moved = (gain * micro_f1 + macro_gain * group_f1) / (2 * (gain + macro_gain))
        if np.abs(moved - cut).max() < 1e-4:
            break
        cut = (cut + moved) / 2
    return cut


def threshold_for_number(
    image: IntArray, probability: DoubleArray, images: IntArray, at_most: int
) -> float:
    """Find the threshold above which only few images have more than a number of tags.

    Args:
        image: (pairs,) int64 row of each pair's image.
        probability: (pairs,) float64.
        images: Rows of the images, ascending.
        at_most: Largest number of accepted tags per image.
    """
    order = np.lexsort((-probability, image))
    image, probability = image[order], probability[order]
    place = np.searchsorted(image, images) + at_most
    inside = place < np.searchsorted(image, images, side="right")
    # Probability of each image's first tag beyond the limit; 0 if there is none.
    too_many = np.where(inside, probability[np.minimum(place, len(image) - 1)], 0.0)
    allowed = float(np.quantile(too_many, 1 - _CROWDED, method="higher"))
    # Just above it, so that the pair of exactly this probability is not accepted.
    return float(np.nextafter(allowed, 1.0))
