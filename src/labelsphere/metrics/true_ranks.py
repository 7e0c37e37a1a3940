"""Ranks of the true tags, the input of metrics per image."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from labelsphere.arrays import BoolArray, IntArray


@dataclass(frozen=True, eq=False)
class TrueRanks:
    """Rank of each true tag among the image's predictions.

    Attributes:
        n_images: Number of images, with those without true tags.
        images: (pairs,) int64 row of the image, ascending.
        labels: (pairs,) int64 number of the label.
        ranks: (pairs,) int64, 1 for the best; ascending within an image.
    """

    n_images: int
    images: IntArray
    labels: IntArray
    ranks: IntArray

    @cached_property
    def tags_per_image(self) -> IntArray:
        """Number of true tags of each image, (images,) int64."""
        return np.bincount(self.images, minlength=self.n_images).astype(np.int64)

    @cached_property
    def positions(self) -> IntArray:
        """Number of the image's true tags that rank at least as high as each, (pairs,) int64."""
        starts = np.cumsum(self.tags_per_image) - self.tags_per_image
        positions: IntArray = np.arange(1, len(self.images) + 1) - starts[self.images]
        return positions

    def restricted_to(self, labels: BoolArray) -> "TrueRanks":
        """Restrict to true tags among some labels, without the image's other true tags.

        True tags outside ``labels`` are removed from the ranking, and lower ranks move up. False
        predictions of all labels are kept.

        Args:
            labels: (labels,) bool, which labels to keep.

        Examples:
            An image whose true tags 0, 1, 2 rank 1, 2 and 5; without tag 0, tag 2 ranks 4.

            >>> ranks = TrueRanks(1, np.array([0, 0, 0]), np.array([0, 1, 2]), np.array([1, 2, 5]))
            >>> ranks.restricted_to(np.array([False, True, True])).ranks.tolist()
            [1, 4]
        """
        kept = labels[self.labels]
        remaining = TrueRanks(self.n_images, self.images[kept], self.labels[kept], self.ranks[kept])
        taken_out_above = self.positions[kept] - remaining.positions
        return TrueRanks(
            self.n_images, remaining.images, remaining.labels, remaining.ranks - taken_out_above
        )
