"""Check of a calibration on images that it was not fitted on."""

from dataclasses import dataclass

import numpy as np

from labelsphere.arrays import BoolArray, DoubleArray, IntArray, SparseRows
from labelsphere.errors import DataError
from labelsphere.metrics.bootstrap import resample_images
from labelsphere.metrics.buckets import frequency_buckets
from labelsphere.metrics.scores import Scores
from labelsphere.tagger.calibration.calibration import Calibration
from labelsphere.tagger.calibration.fitting import (
    HeldOutScores,
    fit_calibration,
    held_out_scores,
    pair_probabilities,
)
from labelsphere.tagger.calibration.goal import Goal
from labelsphere.tagger.calibration.pairs import Pairs

ALL = "all"
EDGES = (0.0, 0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""Edges of the probability bins, narrow for the many unlikely pairs."""

_RESAMPLES = 200
_LEVEL = 0.95


@dataclass(frozen=True)
class ReliabilityBin:
    """Bin of pairs with similar probabilities.

    Attributes:
        pairs: Number of pairs.
        expected: Their mean probability.
        reached: Share of correct pairs.
    """

    pairs: float
    expected: float
    reached: float


@dataclass(frozen=True)
class BucketCheck:
    """Accuracy of probabilities and thresholds for the labels of one frequency bucket.

    Attributes:
        labels: Number of labels.
        pairs: Number of pairs of image and label.
        calibration_error: Expected calibration error: mean over all pairs of the distance, in their
            bin, between the share of correct pairs and the mean probability.
        accepted: Number of accepted pairs.
        accepted_error: Expected calibration error of the accepted pairs; None without any.
        promised: Expected precision of the accepted pairs; None without any.
        reached: Measured precision of the accepted pairs; None without any.
        low: Lower end of the 95 % bootstrap interval of ``reached`` over images.
        high: Upper end of that interval.
        recall: Share of the correct pairs that are accepted; None without any.
        bins: The reliability diagram.
    """

    labels: int
    pairs: float
    calibration_error: float
    accepted: float
    accepted_error: float | None
    promised: float | None
    reached: float | None
    low: float | None
    high: float | None
    recall: float | None
    bins: tuple[ReliabilityBin, ...]


@dataclass(frozen=True)
class CalibrationCheck:
    """Results of a check.

    Attributes:
        fitted_images: Number of images that the checked calibration was fitted on.
        checked_images: Number of images that it was checked on.
        by_frequency: One check for all labels (``"all"``) and one for each frequency bucket.
    """

    fitted_images: int
    checked_images: int
    by_frequency: dict[str, BucketCheck]


def fit_and_check(
    scores: Scores,
    truth: SparseRows,
    absences: SparseRows | None = None,
    *,
    counts: IntArray,
    names: tuple[str, ...] | None = None,
    goal: Goal | None = None,
) -> tuple[Calibration, CalibrationCheck]:
    """Fit a calibration on all images, and check it by halves; see `calibrate`."""
    held = held_out_scores(scores, truth, absences, counts)
    check = check_by_halves(held, goal)
    return fit_calibration(held, held.pairs, names=names, goal=goal), check


def check_by_halves(
    held: HeldOutScores, goal: Goal | None = None, seed: int = 0
) -> CalibrationCheck:
    """Fit a calibration on half of the held-out images and check it on the other half.

    Args:
        held: The scores.
        goal: Goal of the thresholds; a precision of 0.9 if None.
        seed: Random seed of the halves.

    Raises:
        DataError: If there are too few images with tags for two halves.
    """
    tagged = np.unique(held.pairs.image[held.pairs.positive])
    if len(tagged) < 2:
        raise DataError(
            f"a calibration needs at least 2 held-out images with tags, but got {len(tagged)}"
        )
    # Split images with tags and the others separately, so that both halves have tags.
    random = np.random.default_rng(seed)
    fitted = np.zeros(held.pairs.n_images, bool)
    rest = np.setdiff1d(np.arange(held.pairs.n_images), tagged)
    for some in (random.permutation(tagged), random.permutation(rest)):
        fitted[some[: (len(some) + 1) // 2]] = True
    calibration = fit_calibration(held, held.pairs.where(fitted[held.pairs.image]), goal=goal)
    return check_calibration(calibration, held, ~fitted)


def check_calibration(
    calibration: Calibration, held: HeldOutScores, images: BoolArray
) -> CalibrationCheck:
    """Check a calibration on some images.

    Args:
        calibration: A calibration fitted on other images.
        held: Scores of all held-out images.
        images: (images,) mask of the images to check on.
    """
    pairs = held.pairs.where(images[held.pairs.image])
    probability = pair_probabilities(calibration, pairs, held.levels)
    groups = {ALL: np.ones(pairs.n_labels, bool)} | frequency_buckets(held.counts)
    found = {}
    for name, mask in groups.items():
        some = mask[pairs.label]
        found[name] = _check_bucket(
            calibration, mask, pairs.where(some), probability[some], np.flatnonzero(images)
        )
    return CalibrationCheck(int((~images).sum()), int(images.sum()), found)


def _check_bucket(
    calibration: Calibration,
    mask: BoolArray,
    pairs: Pairs,
    probability: DoubleArray,
    images: IntArray,
) -> BucketCheck:
    bins = reliability(probability, pairs.positive, pairs.weight)
    chosen = probability >= calibration.accept[pairs.label]
    accepted = pairs.where(chosen)
    weight, right = accepted.weight, accepted.weight * accepted.positive
    total = float(weight.sum())
    positives = float((pairs.weight * pairs.positive).sum())
    low = high = None
    if total:
        # Resample images, because the pairs of one image are not independent.
        place = np.searchsorted(images, accepted.image)
        of_images = np.stack([np.bincount(place, w, len(images)) for w in (right, weight)])
        drawn = of_images @ resample_images(len(images), _RESAMPLES, seed=0)
        shares = drawn[0][drawn[1] > 0] / drawn[1][drawn[1] > 0]
        tail = (1 - _LEVEL) / 2
        low, high = (float(end) for end in np.quantile(shares, [tail, 1 - tail]))
    return BucketCheck(
        labels=int(mask.sum()),
        pairs=float(pairs.weight.sum()),
        calibration_error=calibration_error(bins),
        accepted=total,
        accepted_error=(
            calibration_error(reliability(probability[chosen], accepted.positive, weight))
            if total
            else None
        ),
        promised=float(weight @ probability[chosen]) / total if total else None,
        reached=float(right.sum()) / total if total else None,
        low=low,
        high=high,
        recall=float(right.sum()) / positives if positives else None,
        bins=bins,
    )


def reliability(
    probability: DoubleArray, positive: BoolArray, weight: DoubleArray
) -> tuple[ReliabilityBin, ...]:
    """Bin pairs, arrays of (pairs,), by probability at `EDGES`; empty bins are left out."""
    place = np.clip(np.searchsorted(EDGES, probability, side="right") - 1, 0, len(EDGES) - 2)
    count = len(EDGES) - 1
    total = np.bincount(place, weight, count)
    expected = np.bincount(place, weight * probability, count)
    reached = np.bincount(place, weight * positive, count)
    return tuple(
        ReliabilityBin(float(n), float(e / n), float(r / n))
        for n, e, r in zip(total, expected, reached, strict=True)
        if n
    )


def calibration_error(bins: tuple[ReliabilityBin, ...]) -> float:
    """Expected calibration error; 0 without pairs."""
    total = sum(one.pairs for one in bins)
    return sum(one.pairs * abs(one.expected - one.reached) for one in bins) / max(total, 1e-300)
