"""Bootstrap over images: how far a figure would move with other test images of the same kind."""

import numpy as np

from labelsphere.arrays import DoubleArray
from labelsphere.errors import UsageError


def resample_images(n_images: int, resamples: int, seed: int) -> DoubleArray:
    """Random weights of the images, one set a resample: the Bayesian bootstrap (Rubin 1981).

    A set is drawn from the Dirichlet distribution with all parameters 1, times the number of
    images, where the usual bootstrap draws how often each image is picked. Both move means
    alike. But picking leaves a third of the images out, and with them most classes of one or two
    images, so that figures averaged over rare classes shift to one side; these weights are never
    0, and under them the expected precision of any set of images is the measured one.

    Args:
        n_images: Number of images.
        resamples: Number of sets.
        seed: Equal seeds give equal weights, so that two methods can be compared image by image.

    Returns:
        (images, resamples) float64, positive, mean 1 in each set.
    """
    draws = np.random.default_rng(seed).standard_exponential((resamples, n_images))
    draws /= draws.mean(axis=1, keepdims=True)
    return np.ascontiguousarray(draws.T)


def percentile_interval(figures: DoubleArray, level: float) -> tuple[float, float]:
    """The middle part of resampled figures.

    Args:
        figures: (resamples,) float64.
        level: Share of the figures inside, between 0 and 1.

    Raises:
        UsageError: If ``level`` is not between 0 and 1.
    """
    if not 0 < level < 1:
        raise UsageError(f"level must be between 0 and 1, such as 0.95, but got {level}")
    low, high = np.quantile(figures, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
