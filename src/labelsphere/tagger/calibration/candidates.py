"""Raw scores that can reach a threshold on the probability."""

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
    """Scores below which a label's probability stays under its threshold, whatever the image.

    Log-odds do not fall as a score rises, and for one score they are linear in the level of the
    image: they are highest at one end of the levels.

    Args:
        platt: Platt scaling.
        curves: Isotonic regression on top of it.
        thresholds: (labels,) probabilities.
        reach: Levels are from −reach to reach.

    Returns:
        (labels,) float32, rounded down; −∞ where every score reaches the threshold, ∞ where none
        does.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        # Above 1 no probability reaches the threshold.
        wanted: DoubleArray = np.where(thresholds > 1, np.inf, logit(np.minimum(thresholds, 1.0)))
    for number, label in enumerate(curves.labels.tolist()):
        wanted[label] = curves.least(number, float(wanted[label]))
    # What is computed in another order may differ in the last digits.
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
    # The step down from ∞ would be the largest finite number.
    return np.where(np.isposinf(found), np.float32(np.inf), rounded)
