"""Expected shares and how often their intervals hold."""

import numpy as np

from labelsphere.tagger.calibration.expectation import (
    GroupTotals,
    expected_precision,
    expected_recall,
)
from labelsphere.tagger.calibration.pairs import Pairs


def test_sums_of_pairs() -> None:
    pairs = Pairs(
        3,
        2,
        np.array([0, 1, 2, 0, 1]),
        np.array([0, 0, 0, 1, 1]),
        np.zeros(5),
        np.array([True, False, True, True, False]),
        np.array([1.0, 1.0, 2.0, 1.0, 3.0]),
    )
    probability = np.array([0.9, 0.8, 0.1, 0.6, 0.5])
    found = GroupTotals.of(np.array([0, 0, 0, 2, 2]), pairs, probability, np.array([0.5, 1, 0.6]))
    assert found.accepted.tolist() == [2, 0, 1]
    assert found.accepted_right.tolist() == [1, 0, 1]
    np.testing.assert_allclose(found.accepted_expected, [1.7, 0, 0.6])
    assert found.right.tolist() == [3, 0, 1]
    np.testing.assert_allclose(found.expected, [1.9, 0, 2.1])


def test_intervals_hold_as_often_as_they_say() -> None:
    random = np.random.default_rng(0)
    groups, firm = 4000, 20.0
    mean = random.uniform(0.6, 0.95, groups)
    share = random.beta(firm * mean, firm * (1 - mean))
    count = random.integers(0, 60, groups).astype(float)
    right = random.binomial(count.astype(int), share).astype(float)
    totals = GroupTotals(count, right, mean * count, right, mean * count)
    found = expected_precision(totals, mean)
    inside = (found.low <= share) & (share <= found.high)
    assert 0.93 < inside.mean() < 0.97
    assert 0.85 < inside[count == 0].mean() <= 1
    many = count > 40
    assert (found.high - found.low)[many].mean() < (found.high - found.low)[~many].mean()


def test_recall_of_what_is_accepted() -> None:
    right, accepted = np.full(50, 200.0), np.full(50, 60.0)
    totals = GroupTotals(np.full(50, 70.0), accepted, np.full(50, 62.0), right, np.full(50, 205.0))
    found = expected_recall(totals)
    assert np.allclose(found.value, 0.3, atol=0.01)
    assert (found.low < 0.3).all()
    assert (found.high > 0.3).all()


def test_groups_without_pairs_have_shares_between_0_and_1() -> None:
    none = np.zeros(3)
    totals = GroupTotals(none, none, none, none, none)
    for found in (expected_precision(totals, np.full(3, 0.9)), expected_recall(totals)):
        assert ((found.low >= 0) & (found.low <= found.value)).all()
        assert ((found.value <= found.high) & (found.high <= 1)).all()
