"""Which labels have thresholds of their own, and what the others share."""

import numpy as np
import pytest

from labelsphere.arrays import BoolArray, DoubleArray
from labelsphere.tagger.calibration.goal import Goal
from labelsphere.tagger.calibration.pairs import Pairs
from labelsphere.tagger.calibration.shared_thresholds import SharedThresholds, choose_thresholds

LABELS, IMAGES = 6, 200
BUCKETS = [np.arange(LABELS) < 4, np.arange(LABELS) >= 4]
ENOUGH = np.array([True, False, False, True, False, False])


def pairs() -> tuple[Pairs, DoubleArray]:
    random = np.random.default_rng(0)
    likely = random.beta(0.5, 1.5, IMAGES * LABELS)
    label = np.repeat(np.arange(LABELS), IMAGES)
    # No pair of the last label is likely.
    likely[label == LABELS - 1] *= 0.1
    return (
        Pairs(
            IMAGES,
            LABELS,
            np.tile(np.arange(IMAGES), LABELS),
            label,
            likely,
            random.random(len(label)) < likely,
            np.ones(len(label)),
        ),
        likely,
    )


def expected_precision(likely: DoubleArray, mask: BoolArray, cut: float) -> float:
    chosen = likely[mask & (likely >= cut)]
    return float(chosen.mean()) if len(chosen) else 1.0


@pytest.mark.parametrize("goal", [Goal(precision=0.8), Goal(f1=True), Goal(at_most=2)])
def test_suggested_tags_reach_further_down_and_labels_of_a_bucket_share(goal: Goal) -> None:
    given, likely = pairs()
    accept, suggest = choose_thresholds(goal, given, likely, ENOUGH, BUCKETS)
    assert (suggest.of_labels() <= accept.of_labels()).all()
    assert (suggest.of_labels() <= accept.of_labels() / 2).any() or goal.f1
    assert accept.of_labels()[1] == accept.of_labels()[2]
    assert accept.of_labels()[4] == accept.of_labels()[5]


def test_the_precision_that_is_wanted_is_expected_of_every_group() -> None:
    given, likely = pairs()
    accept, _ = choose_thresholds(Goal(precision=0.8), given, likely, ENOUGH, BUCKETS)
    for number in np.unique(accept.group):
        mask = np.isin(given.label, np.flatnonzero(accept.group == number))
        assert expected_precision(likely, mask, float(accept.thresholds[number])) >= 0.8 - 1e-9


def test_a_number_of_tags_has_one_threshold_and_few_images_get_more() -> None:
    given, likely = pairs()
    accept, _ = choose_thresholds(Goal(at_most=2), given, likely, ENOUGH, BUCKETS)
    (one,) = set(accept.of_labels().tolist())
    tags = np.bincount(given.image[likely >= one], minlength=IMAGES)
    assert (tags > 2).mean() <= 0.05


def test_labels_take_the_threshold_of_their_group() -> None:
    shared = SharedThresholds(np.array([True, False]), np.array([0, 2]), np.array([0.3, 1.0, 0.6]))
    assert shared.of_labels().tolist() == [0.3, 0.6]
