"""Expected precision and recall of thresholds, with intervals."""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv, betaln

from labelsphere.arrays import DoubleArray, IntArray
from labelsphere.tagger.calibration.pairs import Pairs

_INTERVAL = 0.95
"""Probability of the posterior inside an interval."""

_EDGE = 0.01
"""Smallest distance of the prior's mean from 0 and 1; closer, intervals would have no width."""

_FIRMNESS = (1.0, 1000.0)
"""Smallest and largest weight of the prior, in pairs."""


@dataclass(frozen=True, eq=False)
class Expectation:
    """Expected share with an interval, float64 arrays of one length.

    Attributes:
        value: The share.
        low: Lower end of the interval.
        high: Upper end.
    """

    value: DoubleArray
    low: DoubleArray
    high: DoubleArray

    def take(self, indices: IntArray) -> "Expectation":
        """Select values by index."""
        return Expectation(self.value[indices], self.low[indices], self.high[indices])


@dataclass(frozen=True, eq=False)
class GroupTotals:
    """Weighted sums over the pairs of each group, (groups,) float64.

    Attributes:
        accepted: Pairs above the group's threshold.
        accepted_right: Correct pairs among them.
        accepted_expected: Expected number of correct pairs among them.
        right: Correct pairs.
        expected: Expected number of correct pairs.
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
            thresholds: (groups,) float64 lowest probability of an accepted pair.
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
    """Estimate the share of correct pairs among the accepted ones.

    A Beta posterior whose prior mean comes from the calibrated probabilities. The weight of the
    prior, in pairs, maximises the marginal likelihood over all groups. The prior mean of a group
    that accepts nothing is its threshold.
    """
    mean = np.divide(
        totals.accepted_expected, totals.accepted, out=thresholds.copy(), where=totals.accepted > 0
    )
    return _posterior(mean, totals.accepted_right, totals.accepted)


def expected_recall(totals: GroupTotals) -> Expectation:
    """Estimate the share of correct pairs that are accepted; prior as in `expected_precision`."""
    mean = np.divide(
        totals.accepted_expected,
        totals.expected,
        out=np.zeros_like(totals.expected),
        where=totals.expected > 0,
    )
    return _posterior(mean, totals.accepted_right, totals.right)


def _posterior(mean: DoubleArray, right: DoubleArray, count: DoubleArray) -> Expectation:
    """Compute the Beta posterior of each group's share for a given prior mean."""
    mean = np.clip(mean, _EDGE, 1 - _EDGE)
    right = np.minimum(right, count)
    weight = _fit_prior_weight(mean, right, count)
    first, second = weight * mean + right, weight * (1 - mean) + count - right
    tail = (1 - _INTERVAL) / 2
    return Expectation(
        first / (first + second),
        np.asarray(betaincinv(first, second, tail), np.float64),
        np.asarray(betaincinv(first, second, 1 - tail), np.float64),
    )


def _fit_prior_weight(mean: DoubleArray, right: DoubleArray, count: DoubleArray) -> float:
    """Fit the prior's weight, in pairs, by the likelihood of all groups together."""
    # Imported here because tagging does not need it.
    from scipy.optimize import minimize_scalar

    seen = count > 0
    mean, right, count = mean[seen], right[seen], count[seen]
    if not len(mean):
        return _FIRMNESS[0]

    def negative_log_likelihood(log_weight: float) -> float:
        first, second = np.exp(log_weight) * mean, np.exp(log_weight) * (1 - mean)
        found = betaln(first + right, second + count - right) - betaln(first, second)
        return -float(found.sum())

    bounds = (np.log(_FIRMNESS[0]), np.log(_FIRMNESS[1]))
    return float(
        np.exp(minimize_scalar(negative_log_likelihood, bounds=bounds, method="bounded").x)
    )
