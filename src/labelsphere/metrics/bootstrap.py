"""Bootstrap over images: how much a metric varies with the test images."""

import numpy as np

from labelsphere.arrays import DoubleArray
from labelsphere.errors import UsageError


def resample_images(n_images: int, resamples: int, seed: int) -> DoubleArray:
    """Draw images with replacement, and count how often each is drawn.

    Args:
        n_images: Number of images.
        resamples: Number of resamples.
        seed: Random seed. Equal seeds draw the same images, so that methods can be compared.

    Returns:
        (images, resamples) float64 whole numbers; each column adds up to the number of images.
    """
    shares = np.full(n_images, 1 / n_images)
    drawn = np.random.default_rng(seed).multinomial(n_images, shares, size=resamples)
    return np.ascontiguousarray(drawn.T, np.float64)


def centred_interval(value: float, drawn: DoubleArray, level: float = 0.95) -> tuple[float, float]:
    """Compute an interval around a value, as wide as the middle share of its resampled values.

    Resampling repeats images, and a repeated image improves its own rank: metrics per class with
    few images are higher in nearly every resample than over the original images. So the resampled
    values are shifted until their mean is the value. For plain means over images, whose resampled
    values are centred already, this changes almost nothing.

    Args:
        value: The metric over the original images.
        drawn: (resamples,) float64, the metric over resampled images; undefined values, NaN,
            are left out.
        level: Share of the resampled values inside, between 0 and 1.

    Returns:
        Lower and upper end, which may slightly exceed the range of the metric.

    Raises:
        UsageError: If ``level`` is not between 0 and 1, or all values are NaN.

    Examples:
        >>> centred_interval(0.5, np.array([0.5, 0.75, 1.0]), level=0.5)
        (0.375, 0.625)
    """
    if not 0 < level < 1:
        raise UsageError(f"level must be between 0 and 1, such as 0.95, but got {level}")
    defined = drawn[~np.isnan(drawn)]
    if not len(defined):
        raise UsageError(f"none of {len(drawn)} resamples defines the metric; use more resamples")
    low, high = np.quantile(defined, [(1 - level) / 2, (1 + level) / 2]) - defined.mean()
    return float(value + low), float(value + high)
