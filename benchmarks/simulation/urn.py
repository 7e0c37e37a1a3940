"""An urn of labels, ordered by topic: any draw, from all of it or from a topic, is one lookup."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from labelsphere.arrays import DoubleArray, IntArray

_MOST_BALLS = 1 << 24
_BALLS_PER_TAG = 4


@dataclass(frozen=True, eq=False)
class Urn:
    """Labels, each as many times as it is common.

    Attributes:
        balls: (balls,) int32 label numbers; those of a topic stand together.
        starts: (topics + 1,) int64: topic t is ``balls[starts[t] : starts[t + 1]]``.
    """

    balls: NDArray[np.int32]
    starts: IntArray

    @classmethod
    def of(cls, occurrences: DoubleArray, line: IntArray, topics: int) -> "Urn":
        """Fill an urn.

        Args:
            occurrences: (labels,) float64, how common each label is, 0 or above; not all 0.
            line: (labels,) int64, the labels in an order in which neighbours share a topic.
            topics: Number of topics, each of as many labels as the others.
        """
        # Several balls a tag, so that a label that is drawn every other time or less has one.
        size = min(_MOST_BALLS, 1 + round(_BALLS_PER_TAG * occurrences.sum()))
        balls = _whole(occurrences, size)[line]
        ends = np.concatenate([[0], np.cumsum(balls)])
        borders = np.linspace(0, len(line), min(topics, len(line)) + 1).astype(np.int64)
        starts = np.unique(ends[borders])
        return cls(np.repeat(line.astype(np.int32), balls), starts)

    def topics(self, shape: tuple[int, int], random: np.random.Generator) -> IntArray:
        """Draw topics, the more often the more balls they have, int64."""
        picked = random.integers(0, len(self.balls), shape)
        topics: IntArray = np.searchsorted(self.starts, picked, side="right") - 1
        return topics

    def labels(self, topics: IntArray, random: np.random.Generator) -> NDArray[np.int32]:
        """Draw a label from each of these topics; topic -1 is the whole urn.

        Args:
            topics: (draws,) int64.
            random: Where the draws come from.

        Returns:
            (draws,) int32 label numbers.
        """
        # With the whole urn as the last topic, number -1 is as good as any other.
        low = np.append(self.starts[:-1], 0)
        width = np.append(np.diff(self.starts), len(self.balls))
        places = (random.random(len(topics)) * width[topics]).astype(np.int64)
        places += low[topics]
        labels: NDArray[np.int32] = self.balls[places]
        return labels


def _whole(shares: DoubleArray, total: int) -> IntArray:
    """Whole numbers proportional to the shares that add up to a total: largest remainders."""
    exact = shares * (total / shares.sum())
    whole: IntArray = np.floor(exact).astype(np.int64)
    missing = total - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:missing]] += 1
    return whole
