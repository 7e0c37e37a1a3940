"""Thresholds on calibrated probabilities that meet a goal.

All are found from the probabilities alone: how many of some pairs are right is expected to be the
sum of their probabilities. That needs no tag to be seen often.
"""

from dataclasses import dataclass

import numpy as np

from labelsphere.arrays import BoolArray, DoubleArray, IntArray

_MACRO_SHARE = 0.25
"""What the mean F1 of the labels counts beside the F1 of all pairs together."""

_CROWDED = 0.05
"""Share of the images that may get more tags than `Goal.at_most`."""


@dataclass(frozen=True, eq=False)
class RankedPairs:
    """Pairs by group and, within one, from the highest probability down.

    Attributes:
        group: (pairs,) int64, ascending.
        probability: (pairs,) float64.
        starts: (groups,) int64 first pair of each group that has some.
        groups: (groups,) int64 which groups these are.
        accepted: (pairs,) float64 pairs of the group down to here, weights counted.
        right: (pairs,) float64 how many of them are expected to be right.
    """

    group: IntArray
    probability: DoubleArray
    starts: IntArray
    groups: IntArray
    accepted: DoubleArray
    right: DoubleArray

    @classmethod
    def of(cls, group: IntArray, probability: DoubleArray, weight: DoubleArray) -> "RankedPairs":
        """Rank pairs; three arrays of (pairs,)."""
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
        """The last pair of each group for which a (pairs,) mask holds, (groups,); -1 for none."""
        places = np.where(mask, np.arange(len(mask)), -1)
        last: IntArray = np.maximum.reduceat(places, self.starts)
        return last

    def repeat(self, values: DoubleArray) -> DoubleArray:
        """A value for each group's pairs, from one a group."""
        repeated: DoubleArray = np.repeat(values, np.diff(np.append(self.starts, len(self.group))))
        return repeated

    def _stops(self) -> IntArray:
        return np.append(self.starts[1:], len(self.group))


def thresholds_for_precision(ranked: RankedPairs, precision: float) -> DoubleArray:
    """The lowest threshold at which the expected precision is as wanted, (groups,).

    It is not below half that precision, however sure the other accepted tags are. Where no pair
    reaches the precision, the threshold is the precision itself.
    """
    last = ranked.last_where(ranked.right >= precision * ranked.accepted)
    # Not half-way to the next pair: what a new image has there would be less likely than this one.
    cut = np.maximum(ranked.probability[np.maximum(last, 0)], precision / 2)
    return np.where(last >= 0, cut, precision)


def thresholds_for_f1(ranked: RankedPairs, labels_of_group: IntArray) -> DoubleArray:
    """Thresholds with the highest expected F1, micro and macro weighed against each other.

    One more pair of probability p raises the F1 of all pairs where 2 p exceeds that F1, and the F1
    of its group where 2 p exceeds the group's. The threshold is where the sum of both gains is 0.
    A group is taken as one label; its F1 counts in the macro mean as that of its labels.

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
    """The threshold at which few images get more than a number of tags.

    Args:
        image: (pairs,) int64 row of each pair's image.
        probability: (pairs,) float64.
        images: Rows of the images, ascending.
        at_most: Accepted tags an image.
    """
    order = np.lexsort((-probability, image))
    image, probability = image[order], probability[order]
    place = np.searchsorted(image, images) + at_most
    inside = place < np.searchsorted(image, images, side="right")
    # The first tag too many of each image; 0 where there is none.
    too_many = np.where(inside, probability[np.minimum(place, len(image) - 1)], 0.0)
    allowed = float(np.quantile(too_many, 1 - _CROWDED, method="higher"))
    # Just above it: the pair that has this very probability is not accepted.
    return float(np.nextafter(allowed, 1.0))
