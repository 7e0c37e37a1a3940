"""Fixed-point confidences: sums that are the same in every order, to the last bit."""

import numpy as np

from labelsphere.arrays import AnyArray, DoubleArray

STEP = 2.0**-20
"""What confidences are rounded to. A float64 holds sums of such steps exactly up to 2³³ images."""

LARGEST_SUM = 2.0**53
"""In steps: whole numbers beyond it are no longer exact in float64."""


def confidence_steps(confidences: AnyArray) -> AnyArray:
    """Confidences as whole numbers of steps, uint32: 2²⁰ for 1, and at least 1.

    Args:
        confidences: Numbers above 0, up to 1.
    """
    steps = np.rint(np.asarray(confidences, np.float64) / STEP)
    return np.maximum(steps, 1.0).astype(np.uint32)


def rounded_to_steps(values: DoubleArray) -> DoubleArray:
    """Each value rounded to the nearest whole number of steps, halves to even."""
    rounded: DoubleArray = np.rint(values / STEP) * STEP
    return rounded
