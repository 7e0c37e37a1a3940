"""Metrics per image: contributions of images, and their average."""

from dataclasses import dataclass

import numpy as np

from labelsphere.arrays import DoubleArray
from labelsphere.metrics.true_ranks import TrueRanks


@dataclass(frozen=True, eq=False)
class ImageValues:
    """A metric per image, as one sum over images divided by another.

    Attributes:
        gained: (images,) float64, contribution of each image to the numerator.
        possible: (images,) float64, contribution to the denominator: 1 if the metric is a plain
            mean over images, 0 for images without true tags, which are left out.
    """

    gained: DoubleArray
    possible: DoubleArray

    @classmethod
    def mean_over_tagged(cls, values: DoubleArray, true_ranks: TrueRanks) -> "ImageValues":
        """Return the plain mean of one value per image, over the images with true tags."""
        tagged = (true_ranks.tags_per_image > 0).astype(np.float64)
        return cls(values * tagged, tagged)

    def average(self, image_weights: DoubleArray) -> DoubleArray:
        """Average with weights of the images; NaN if the weights of all counted images are 0.

        Args:
            image_weights: (images, draws) float64, not negative; ones for the plain mean.

        Returns:
            (draws,) float64.
        """
        possible = self.possible @ image_weights
        value = np.full(possible.shape, np.nan)
        np.divide(self.gained @ image_weights, possible, out=value, where=possible > 0)
        return value


def sum_by_image(true_ranks: TrueRanks, values: DoubleArray) -> DoubleArray:
    """Sum values of pairs over the pairs of each image, (images,) float64."""
    return np.bincount(true_ranks.images, values, true_ranks.n_images).astype(np.float64)
