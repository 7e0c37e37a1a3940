"""Class weights from frequencies (§4.2), between limits."""

import numpy as np

from labelsphere.arrays import AnyArray, DoubleArray
from labelsphere.errors import UsageError


def capped_frequency_weights(
    counts: AnyArray, minimum: float = 0.1, maximum: float = 10.0
) -> DoubleArray:
    """Compute class weights: frequencies relative to the average class, between limits.

    w = min(max(count / mean count, minimum), maximum), where the mean is over the classes that
    occur. The paper caps frequencies in the same way but gives neither its unit nor its limits.

    Args:
        counts: (labels,) occurrences, not negative. A label that never occurs weighs ``minimum``.
        minimum: Smallest weight, not negative.
        maximum: Largest weight.

    Returns:
        (labels,) float64. Their mean is about 1, or less because of the limits.

    Raises:
        UsageError: If ``counts`` is not one row of finite numbers that are not negative, if all
            are 0, or if the limits are not 0 <= minimum <= maximum.

    Examples:
        >>> capped_frequency_weights([0, 1, 2, 9], maximum=2.0).tolist()
        [0.1, 0.25, 0.5, 2.0]
    """
    frequencies = np.asarray(counts, np.float64)
    if frequencies.ndim != 1 or not np.isfinite(frequencies).all() or (frequencies < 0).any():
        raise UsageError("counts must be one row of numbers >= 0, one per label, none of them NaN")
    if not frequencies.any():
        raise UsageError("counts are all 0; expected at least one label that occurs")
    if not 0 <= minimum <= maximum:
        raise UsageError(
            f"weight limits must be 0 <= minimum <= maximum, but got {minimum} and {maximum}"
        )
    mean = frequencies[frequencies > 0].mean()
    weights: DoubleArray = np.clip(frequencies / mean, minimum, maximum)
    return weights
