"""Fitting of a calibration to scores of held-out images."""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from labelsphere.arrays import DoubleArray, IntArray, SparseRows
from labelsphere.errors import UsageError
from labelsphere.metrics.buckets import frequency_buckets
from labelsphere.metrics.scores import Progress, Scores
from labelsphere.tagger.calibration.calibration import Calibration
from labelsphere.tagger.calibration.expectation import (
    GroupTotals,
    expected_precision,
    expected_recall,
)
from labelsphere.tagger.calibration.goal import Goal
from labelsphere.tagger.calibration.isotonic import IsotonicCurves, fit_isotonic
from labelsphere.tagger.calibration.pairs import Pairs, collect_pairs, image_levels
from labelsphere.tagger.calibration.platt import fit_platt, fit_scale
from labelsphere.tagger.calibration.shared_thresholds import choose_thresholds

FEW_POSITIVES = 5
"""Number of held-out images below which a label uses its bucket's thresholds."""


@dataclass(frozen=True, eq=False)
class HeldOutScores:
    """Scores of held-out images: pairs, and the levels of the images.

    Attributes:
        pairs: Scored pairs.
        levels: (images,) float64.
        scale: Factor of the scores in the levels.
        counts: (labels,) int64 number of training images.
    """

    pairs: Pairs
    levels: DoubleArray
    scale: float
    counts: IntArray


def held_out_scores(
    scores: Scores,
    truth: SparseRows,
    absences: SparseRows | None,
    counts: IntArray,
    *,
    progress: Progress | None = None,
) -> HeldOutScores:
    """Collect pairs and levels in two passes over the scores; see `collect_pairs`.

    Raises:
        UsageError: If shapes differ.
        DataError: If a score is NaN or +∞, or there is no true tag.
    """
    if len(counts) != scores.shape[1]:
        raise UsageError(
            f"counts must be one number for each of {scores.shape[1]} labels, but got {len(counts)}"
        )
    pairs = collect_pairs(scores, truth, absences, progress=progress)
    scale = fit_scale(pairs)
    return HeldOutScores(pairs, image_levels(scores, scale), scale, np.asarray(counts, np.int64))


def calibrate(
    scores: Scores,
    truth: SparseRows,
    absences: SparseRows | None = None,
    *,
    counts: IntArray,
    names: tuple[str, ...] | None = None,
    goal: Goal | None = None,
) -> Calibration:
    """Fit the probabilities and thresholds of a tagger's labels.

    Args:
        scores: Images × labels, from a tagger's default decoder, of images that it was not trained
            on.
        truth: CSR, images × labels; nonzero cells are true tags.
        absences: CSR, images × labels, of tags known to be absent; see `collect_pairs`.
        counts: (labels,) int64 number of training images.
        names: The labels; their numbers if None.
        goal: Goal of the thresholds; a precision of 0.9 if None.

    Raises:
        UsageError: If shapes differ.
        DataError: If a score is NaN or +∞, or there is no true tag.

    Examples:
        >>> from scipy.sparse import csr_array
        >>> from labelsphere.metrics import DenseScores
        >>> random = np.random.default_rng(0)
        >>> scores = random.normal(-3, 2, (500, 2))
        >>> truth = csr_array(random.random((500, 2)) < 1 / (1 + np.exp(-scores)))
        >>> found = calibrate(DenseScores(scores), truth, counts=np.array([80, 90]))
        >>> bool(found.probabilities(np.array([[4.0, -3.0]]))[0, 0] > 0.9)
        True
    """
    held = held_out_scores(scores, truth, absences, counts)
    return fit_calibration(held, held.pairs, names=names, goal=goal)


def fit_calibration(
    held: HeldOutScores,
    pairs: Pairs,
    *,
    names: tuple[str, ...] | None = None,
    goal: Goal | None = None,
) -> Calibration:
    """Fit a calibration to some of the pairs of held-out images.

    Args:
        held: Levels and counts.
        pairs: Pairs to fit, at least one of them positive.
        names: The labels; their numbers if None.
        goal: Goal of the thresholds; a precision of 0.9 if None.
    """
    goal = goal or Goal()
    n_labels = pairs.n_labels
    buckets = list(frequency_buckets(held.counts).values())
    center = float(held.levels[np.unique(pairs.image)].mean())
    used = held.levels[np.unique(pairs.image)] - center
    reach = float(np.abs(used).max())
    levels = np.clip(held.levels - center, -reach, reach)
    platt = fit_platt(pairs, levels, buckets, held.scale)
    odds = platt.log_odds(pairs.score, levels[pairs.image], pairs.label)
    curves = fit_isotonic(pairs, odds)
    probability = expit(_curved(pairs, odds, curves))
    positives = pairs.positives()
    accept, suggest = choose_thresholds(
        goal, pairs, probability, positives >= FEW_POSITIVES, buckets
    )
    accepted, reached = (
        GroupTotals.of(one.group[pairs.label], pairs, probability, one.thresholds)
        for one in (accept, suggest)
    )
    # A label whose scores are all −∞ is never accepted.
    never = np.bincount(pairs.label, minlength=n_labels) == 0
    return Calibration(
        goal=goal,
        names=names or tuple(str(number) for number in range(n_labels)),
        counts=held.counts,
        positives=positives,
        scale=held.scale,
        center=center,
        reach=reach,
        platt=platt,
        curves=curves,
        accept=np.where(never, np.inf, accept.of_labels()),
        suggest=np.where(never, np.inf, suggest.of_labels()),
        precision=expected_precision(accepted, accept.thresholds).take(accept.group),
        recall=expected_recall(accepted).take(accept.group),
        suggest_precision=expected_precision(reached, suggest.thresholds).take(suggest.group),
        suggest_recall=expected_recall(reached).take(suggest.group),
        sources=tuple("label" if mine else "bucket" for mine in accept.own.tolist()),
    )


def pair_probabilities(calibration: Calibration, pairs: Pairs, levels: DoubleArray) -> DoubleArray:
    """Compute probabilities of pairs, (pairs,) float64.

    Args:
        calibration: Calibration of the pairs' labels.
        pairs: The pairs.
        levels: (images,) levels of all images, see `image_levels`.
    """
    of_pairs = calibration.relative_levels(levels)[pairs.image]
    odds = calibration.platt.log_odds(pairs.score, of_pairs, pairs.label)
    found: DoubleArray = expit(_curved(pairs, odds, calibration.curves))
    return found


def _curved(pairs: Pairs, odds: DoubleArray, curves: IsotonicCurves) -> DoubleArray:
    """Apply the curves of labels to log-odds of pairs; returns a copy."""
    changed = odds.copy()
    for number, label in enumerate(curves.labels.tolist()):
        inside = slice(*np.searchsorted(pairs.label, [label, label + 1]))
        changed[inside] = curves.curve(number, odds[inside])
    return changed
