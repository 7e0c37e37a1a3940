"""Thresholds, by trying out every cut."""

import numpy as np
import pytest

from labelsphere.tagger.calibration import thresholds
from labelsphere.tagger.calibration.thresholds import (
    RankedPairs,
    threshold_for_number,
    thresholds_for_f1,
    thresholds_for_precision,
)

RANDOM = np.random.default_rng(0)
GROUP = np.repeat([0, 2, 3], [300, 40, 500])
PROBABILITY = RANDOM.beta(0.4, 2.0, 840) * np.repeat([1.0, 1.0, 0.5], [300, 40, 500])
WEIGHT = RANDOM.integers(1, 4, 840).astype(float)
RANKED = RankedPairs.of(GROUP, PROBABILITY, WEIGHT)


def test_pairs_are_ranked_within_their_groups() -> None:
    assert RANKED.groups.tolist() == [0, 2, 3]
    for start, number in zip(RANKED.starts, RANKED.groups, strict=True):
        mine = number == GROUP
        order = np.argsort(-PROBABILITY[mine])
        stop = start + mine.sum()
        np.testing.assert_array_equal(RANKED.probability[start:stop], PROBABILITY[mine][order])
        np.testing.assert_allclose(
            RANKED.right[start:stop], np.cumsum((PROBABILITY * WEIGHT)[mine][order])
        )
        np.testing.assert_allclose(RANKED.accepted[start:stop], np.cumsum(WEIGHT[mine][order]))


def test_precision_is_kept_and_no_lower_cut_keeps_it() -> None:
    found = thresholds_for_precision(RANKED, 0.6)
    for number, cut in zip(RANKED.groups, found, strict=True):
        mine = number == GROUP

        def precision(at: float, mine: np.ndarray = mine) -> float:
            chosen = mine & (at <= PROBABILITY)
            return float((PROBABILITY * WEIGHT)[chosen].sum() / WEIGHT[chosen].sum())

        lower = PROBABILITY[mine & (cut > PROBABILITY)].max()
        if not (mine & (PROBABILITY >= 0.6)).any():
            assert cut == 0.6
        else:
            assert precision(cut) >= 0.6
            assert precision(lower) < 0.6 or cut == 0.3


def test_f1_is_the_highest_of_micro_and_macro_together() -> None:
    sizes = np.array([1, 1, 6])
    found = thresholds_for_f1(RANKED, sizes)

    def gain(cuts: np.ndarray) -> float:
        right, count = np.zeros(3), np.zeros(3)
        for place, number in enumerate(RANKED.groups):
            mine = number == GROUP
            chosen = mine & (cuts[place] <= PROBABILITY)
            right[place] = (PROBABILITY * WEIGHT)[chosen].sum()
            count[place] = WEIGHT[chosen].sum() + (PROBABILITY * WEIGHT)[mine].sum()
        macro = (2 * right / count) @ sizes / sizes.sum()
        return float(2 * right.sum() / count.sum() + thresholds._MACRO_SHARE * macro)

    best = max(
        gain(np.array([a, b, c]))
        for a in np.linspace(0.02, 0.6, 30)
        for b in np.linspace(0.02, 0.6, 12)
        for c in np.linspace(0.02, 0.6, 30)
    )
    assert gain(found) > best - 0.002


def test_few_images_get_more_tags_than_wanted() -> None:
    random = np.random.default_rng(1)
    image = np.repeat(np.arange(10, 210), 30)
    probability = random.random(6000) * np.repeat(random.random(200), 30)
    images = np.arange(10, 210)
    for at_most in (1, 5, 29):
        cut = threshold_for_number(image, probability, images, at_most)
        number = np.bincount(image[probability >= cut], minlength=210)[10:]
        assert (number > at_most).mean() <= 0.05
        lower = np.bincount(image[probability >= cut * 0.999], minlength=210)[10:]
        assert (lower > at_most).sum() >= (number > at_most).sum()
    assert threshold_for_number(image, probability, images, 30) == pytest.approx(0)
