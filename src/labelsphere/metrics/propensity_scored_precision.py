"""Propensity-scored precision at k: true tags count more the rarer they are."""

import math

import numpy as np

from labelsphere.arrays import DoubleArray, IntArray
from labelsphere.errors import UsageError
from labelsphere.metrics.image_values import ImageValues, sum_by_image
from labelsphere.metrics.true_ranks import TrueRanks


def label_propensities(
    counts: IntArray, n_images: int, *, exponent: float = 0.55, offset: float = 1.5
) -> DoubleArray:
    """Compute the probability that a true tag was annotated (Jain et al. 2016).

    p = 1 / (1 + C exp(-A log(count + B))) with C = (log n_images - 1) (B + 1)^A. If n_images is
    below e, C is 0 and all propensities are 1.

    Args:
        counts: (labels,) int64 number of training images with each label.
        n_images: Number of training images.
        exponent: A.
        offset: B, positive.

    Returns:
        (labels,) float64 in (0, 1].

    Raises:
        UsageError: If ``n_images`` or ``offset`` is not positive.
    """
    if n_images < 1 or offset <= 0:
        raise UsageError(
            "propensities need a positive number of training images and a positive offset, "
            f"but got {n_images} and {offset}"
        )
    scale = max(0.0, math.log(n_images) - 1) * (offset + 1) ** exponent
    propensities: DoubleArray = 1 / (1 + scale * (counts + offset) ** -exponent)
    return propensities


def propensity_scored_precision(
    true_ranks: TrueRanks, cutoff: int, propensities: DoubleArray
) -> ImageValues:
    """Compute precision at k with true tags weighted by 1 / propensity, relative to the maximum.

    The normalised form of Jain et al. 2016: the sum over all images is divided by the sum of the
    best ranking, which has each image's rarest true tags first. It is a ratio of sums, not a mean
    of ratios.

    Args:
        true_ranks: Ranks of the true tags.
        cutoff: k.
        propensities: (labels,) float64 in (0, 1].
    """
    gains = 1 / propensities[true_ranks.labels]
    gained = sum_by_image(true_ranks, np.where(true_ranks.ranks <= cutoff, gains, 0.0))
    # Sorting by (image, gain) keeps the rows of each image, so the positions are still valid.
    falling = gains[np.lexsort((-gains, true_ranks.images))]
    possible = sum_by_image(true_ranks, np.where(true_ranks.positions <= cutoff, falling, 0.0))
    return ImageValues(gained, possible)
