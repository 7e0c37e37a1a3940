"""Lowest raw scores at which a probability can reach its threshold."""

import numpy as np
from scipy.special import logit

from labelsphere.arrays import BoolArray, DoubleArray, FloatArray
from labelsphere.tagger.calibration.isotonic import IsotonicCurves
from labelsphere.tagger.calibration.platt import PlattScaling

_FARTHEST = 2.0**40
_HALVINGS = 80


def least_scores(
    platt: PlattScaling, curves: IsotonicCurves, thresholds: DoubleArray, reach: float
) -> FloatArray:
    """Find the scores below which a label's probability is under its threshold for every image.

    Log-odds never decrease with the score. For a given score they are linear in the level of the
    image, so they are highest at one end of the range of levels.

    Args:
        platt: Platt scaling.
        curves: Isotonic regression, applied after Platt scaling.
        thresholds: (labels,) probabilities.
        reach: Range of levels, from −reach to reach.

    Returns:
        (labels,) float32, rounded down; −∞ if every score reaches the threshold, ∞ if none
        does.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        # No probability reaches a threshold above 1.
        wanted: DoubleArray = np.where(thresholds > 1, np.inf, logit(np.minimum(thresholds, 1.0)))
    for number, label in enumerate(curves.labels.tolist()):
        wanted[label] = curves.least(number, float(wanted[label]))
    # Allow for rounding: elsewhere the same terms are added in another order.
    finite = np.isfinite(wanted)
    wanted[finite] -= 1e-9 * (1 + np.abs(wanted[finite]))

    def reached(scores: DoubleArray) -> BoolArray:
        odds = [platt.log_odds(scores, np.array(end), slice(None)) for end in (-reach, reach)]
        return np.maximum(odds[0], odds[1]) >= wanted

    low, high = np.full(len(wanted), -_FARTHEST), np.full(len(wanted), _FARTHEST)
    always, ever = reached(low), reached(high)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        above = reached(middle)
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    found = np.where(always, -np.inf, np.where(ever, low, np.inf))
    rounded: FloatArray = np.nextafter(found.astype(np.float32), np.float32(-np.inf))
    # Keep ∞: nextafter would turn it into the largest finite number.
    return np.where(np.isposinf(found), np.float32(np.inf), rounded)
