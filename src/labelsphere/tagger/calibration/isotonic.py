"""Isotonic regression after Platt scaling, for labels with many positives."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from labelsphere.arrays import BoolArray, DoubleArray, IntArray
from labelsphere.tagger.calibration.pairs import Pairs

ENOUGH_POSITIVES = 200
"""Smallest number of positives for a curve of a label's own."""


@dataclass(frozen=True, eq=False)
class IsotonicCurves:
    """Rising curves from Platt-scaled to calibrated log-odds, for some labels.

    Attributes:
        labels: (curves,) int64, ascending.
        starts: (curves + 1,) int64 start of each curve's knots, and the end of the last.
        given: (knots,) float64 Platt-scaled log-odds, strictly increasing within a curve.
        found: (knots,) float64 calibrated log-odds, never decreasing within a curve.
    """

    labels: IntArray
    starts: IntArray
    given: DoubleArray
    found: DoubleArray

    @classmethod
    def none(cls) -> "IsotonicCurves":
        """Make an object without curves."""
        return cls(np.empty(0, np.int64), np.zeros(1, np.int64), np.empty(0), np.empty(0))

    def apply(self, log_odds: DoubleArray) -> DoubleArray:
        """Apply the curves to log-odds of all labels, (images, labels); returns a copy."""
        changed = log_odds.copy()
        for number, label in enumerate(self.labels.tolist()):
            changed[:, label] = self.curve(number, log_odds[:, label])
        return changed

    def apply_to_pairs(self, log_odds: DoubleArray, labels: IntArray) -> DoubleArray:
        """Apply the curves to log-odds of pairs, (pairs,); returns a copy.

        Args:
            log_odds: (pairs,) Platt-scaled log-odds.
            labels: (pairs,) label of each pair.
        """
        changed = log_odds.copy()
        order = np.argsort(labels, kind="stable")
        bounds = np.searchsorted(labels[order], [self.labels, self.labels + 1])
        for number, (start, stop) in enumerate(bounds.T.tolist()):
            if start < stop:
                pairs = order[start:stop]
                changed[pairs] = self.curve(number, log_odds[pairs])
        return changed

    def least(self, number: int, value: float) -> float:
        """Find the smallest log-odds at which a curve reaches a value, finite or not."""
        inside = slice(self.starts[number], self.starts[number + 1])
        given, found = self.given[inside], self.found[inside]
        place = int(np.searchsorted(found, value, "left"))
        if place == 0 or not np.isfinite(value):
            return float(given[0] + (value - found[0]))
        if place == len(found):
            return float(given[-1] + (value - found[-1]))
        share = (value - found[place - 1]) / (found[place] - found[place - 1])
        return float(given[place - 1] + share * (given[place] - given[place - 1]))

    def curve(self, number: int, log_odds: DoubleArray) -> DoubleArray:
        """Evaluate a curve: linear between its knots, with slope 1 outside of them."""
        inside = slice(self.starts[number], self.starts[number + 1])
        given, found = self.given[inside], self.found[inside]
        held = np.clip(log_odds, given[0], given[-1])
        with np.errstate(invalid="ignore"):
            beyond = np.where(np.isfinite(log_odds), log_odds - held, log_odds)
        value: DoubleArray = np.interp(held, given, found) + beyond
        return value


def fit_isotonic(
    pairs: Pairs, log_odds: DoubleArray, enough: int = ENOUGH_POSITIVES
) -> IsotonicCurves:
    """Fit a curve for each label with enough positives.

    Each step of the regression has one additional pair with the Platt-scaled probability, so that a
    step of positives alone has a probability below 1.

    Args:
        pairs: Scored pairs.
        log_odds: (pairs,) Platt-scaled log-odds.
        enough: Smallest number of positives for a curve.
    """
    labels = np.flatnonzero(pairs.positives() >= enough).astype(np.int64)
    starts, given, found = [0], [], []
    bounds = np.searchsorted(pairs.label, [labels, labels + 1])
    for start, stop in bounds.T.tolist():
        knots, values = _fit_one(
            log_odds[start:stop], pairs.positive[start:stop], pairs.weight[start:stop]
        )
        given.append(knots)
        found.append(values)
        starts.append(starts[-1] + len(knots))
    if not given:
        return IsotonicCurves.none()
    return IsotonicCurves(
        labels, np.array(starts, np.int64), np.concatenate(given), np.concatenate(found)
    )


def _fit_one(
    odds: DoubleArray, positive: BoolArray, weight: DoubleArray
) -> tuple[DoubleArray, DoubleArray]:
    """Fit one label's curve: one knot and value per step of the regression."""
    # Imported here because tagging does not need it.
    from scipy.optimize import isotonic_regression

    order = np.argsort(odds, kind="stable")
    odds, target, weight = odds[order], positive[order].astype(np.float64), weight[order]
    steps = isotonic_regression(target, weights=weight).blocks[:-1]
    total = np.add.reduceat(weight, steps)
    right = np.add.reduceat(weight * target, steps)
    likely = np.add.reduceat(weight * expit(odds), steps) / total
    values = logit((right + likely) / (total + 1))
    knots = np.add.reduceat(weight * odds, steps) / total
    # Equal scores may be in two steps, but knots must increase strictly.
    kept = np.flatnonzero(np.append(True, np.diff(knots) > 1e-12))
    return knots[kept], np.maximum.accumulate(values)[kept]
