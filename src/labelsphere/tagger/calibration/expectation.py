"""Expected precision and recall of what thresholds accept, with intervals."""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv, betaln

from labelsphere.arrays import DoubleArray, IntArray
from labelsphere.tagger.calibration.pairs import Pairs

_INTERVAL = 0.95
"""Share of the posterior inside an interval."""

_EDGE = 0.01
"""How near to 0 or 1 the prior's mean may be: beyond, an interval would have no width."""

_FIRMNESS = (1.0, 1000.0)
"""Least and largest number of pairs that the expected share counts as."""


@dataclass(frozen=True, eq=False)
class Expectation:
    """An expected share with its interval, float64 arrays of one length.

    Attributes:
        value: The share.
        low: Lower end of the interval.
        high: Upper end.
    """

    value: DoubleArray
    low: DoubleArray
    high: DoubleArray

    def take(self, places: IntArray) -> "Expectation":
        """The same for other places."""
        return Expectation(self.value[places], self.low[places], self.high[places])


@dataclass(frozen=True, eq=False)
class GroupTotals:
    """Sums over the pairs of each group, (groups,) float64, weights counted.

    Attributes:
        accepted: Pairs above the group's threshold.
        accepted_right: How many of them are right.
        accepted_expected: How many of them are expected to be.
        right: Pairs that are right.
        expected: Pairs that are expected to be.
    """

    accepted: DoubleArray
    accepted_right: DoubleArray
    accepted_expected: DoubleArray
    right: DoubleArray
    expected: DoubleArray

    @classmethod
    def of(
        cls, group: IntArray, pairs: Pairs, probability: DoubleArray, thresholds: DoubleArray
    ) -> "GroupTotals":
        """Sum up pairs.

        Args:
            group: (pairs,) int64.
            pairs: The pairs.
            probability: (pairs,) float64.
            thresholds: (groups,) float64 probability from which on a pair is accepted.
        """
        weight = pairs.weight
        chosen = weight * (probability >= thresholds[group])

        def total(values: DoubleArray) -> DoubleArray:
            summed: DoubleArray = np.bincount(group, values, len(thresholds)).astype(np.float64)
            return summed

        return cls(
            total(chosen),
            total(chosen * pairs.positive),
            total(chosen * probability),
            total(weight * pairs.positive),
            total(weight * probability),
        )


def expected_precision(totals: GroupTotals, thresholds: DoubleArray) -> Expectation:
    """Share of right pairs among the accepted.

    Beta posterior: the calibrated probabilities are the prior, which counts as many pairs as the
    spread between groups warrants (by marginal likelihood). A group that accepts nothing has its
    threshold as the prior's mean.
    """
    mean = np.divide(
        totals.accepted_expected, totals.accepted, out=thresholds.copy(), where=totals.accepted > 0
    )
    return _posterior(mean, totals.accepted_right, totals.accepted)


def expected_recall(totals: GroupTotals) -> Expectation:
    """Share of the right pairs that are accepted; prior as for `expected_precision`."""
    mean = np.divide(
        totals.accepted_expected,
        totals.expected,
        out=np.zeros_like(totals.expected),
        where=totals.expected > 0,
    )
    return _posterior(mean, totals.accepted_right, totals.right)


def _posterior(mean: DoubleArray, right: DoubleArray, count: DoubleArray) -> Expectation:
    """Beta posterior of each group's share, its prior's mean given and its firmness fitted."""
    mean = np.clip(mean, _EDGE, 1 - _EDGE)
    right = np.minimum(right, count)
    firm = _fit_firmness(mean, right, count)
    first, second = firm * mean + right, firm * (1 - mean) + count - right
    tail = (1 - _INTERVAL) / 2
    return Expectation(
        first / (first + second),
        np.asarray(betaincinv(first, second, tail), np.float64),
        np.asarray(betaincinv(first, second, 1 - tail), np.float64),
    )


def _fit_firmness(mean: DoubleArray, right: DoubleArray, count: DoubleArray) -> float:
    """Number of pairs that the prior counts as, by the likelihood of all groups together."""
    # Tagging never fits anything: not imported with the module.
    from scipy.optimize import minimize_scalar

    seen = count > 0
    mean, right, count = mean[seen], right[seen], count[seen]
    if not len(mean):
        return _FIRMNESS[0]

    def surprise(log_firm: float) -> float:
        first, second = np.exp(log_firm) * mean, np.exp(log_firm) * (1 - mean)
        found = betaln(first + right, second + count - right) - betaln(first, second)
        return -float(found.sum())

    bounds = (np.log(_FIRMNESS[0]), np.log(_FIRMNESS[1]))
    return float(np.exp(minimize_scalar(surprise, bounds=bounds, method="bounded").x))
