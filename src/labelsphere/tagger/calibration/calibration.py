"""Calibration of raw scores: probabilities of tags, and thresholds on them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.special import expit

from labelsphere.arrays import AnyArray, BoolArray, DoubleArray, FloatArray, IntArray
from labelsphere.errors import UsageError
from labelsphere.tagger.calibration.candidates import least_scores
from labelsphere.tagger.calibration.expectation import Expectation
from labelsphere.tagger.calibration.goal import Goal
from labelsphere.tagger.calibration.isotonic import IsotonicCurves
from labelsphere.tagger.calibration.pairs import level_of
from labelsphere.tagger.calibration.platt import PlattScaling

SOURCES = {
    "label": "the label's own held-out images",
    "bucket": "its frequency bucket, because it has too few held-out images of its own",
    "neighbors": "its number of images and the nearest labels, because it was not trained",
}
"""Sources of a label's thresholds, with descriptions."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """Probabilities and thresholds of a tagger's labels.

    Probabilities are valid for images with the same frequency of tags as the held-out ones.

    Attributes:
        goal: Goal of the accept thresholds.
        names: The labels.
        counts: (labels,) int64 number of training images.
        positives: (labels,) int64 number of held-out images.
        scale: Factor of the scores in the level of an image.
        center: Mean level of the held-out images.
        reach: Largest distance of a level from ``center``; levels of new images are clipped to it.
        platt: Platt scaling.
        curves: Isotonic regression of labels with many held-out images.
        accept: (labels,) float64 lowest probability of an accepted tag; ∞ if the label cannot be
            predicted.
        suggest: (labels,) float64 lowest probability of a suggested tag; below ``accept``.
        precision: Expected precision of each label's accepted tags, with an interval.
        recall: Expected recall of each label's accepted tags, with an interval.
        suggest_precision: The same for all tags that are accepted or suggested.
        suggest_recall: The same for all tags that are accepted or suggested.
        sources: A key of `SOURCES` for each label.
    """

    goal: Goal
    names: tuple[str, ...]
    counts: IntArray
    positives: IntArray
    scale: float
    center: float
    reach: float
    platt: PlattScaling
    curves: IsotonicCurves
    accept: DoubleArray
    suggest: DoubleArray
    precision: Expectation
    recall: Expectation
    suggest_precision: Expectation
    suggest_recall: Expectation
    sources: tuple[str, ...]

    @property
    def n_labels(self) -> int:
        """Number of labels."""
        return len(self.names)

    def probabilities(self, scores: AnyArray, labels: IntArray | None = None) -> DoubleArray:
        """Compute probabilities of tags.

        Args:
            scores: (images, labels) raw scores of the tagger's default decoder, for all labels:
                the level of an image depends on all of them.
            labels: Wanted labels, int64; all if None.

        Returns:
            (images, labels) float64 in [0, 1]; 0 where the score is −∞.

        Raises:
            UsageError: If the number of labels differs.
        """
        self._check(scores)
        levels = self.relative_levels(level_of(scores, self.scale))
        wide = np.asarray(scores, np.float64)
        odds = self.curves.apply(self.platt.log_odds(wide, levels[:, None], slice(None)))
        found: DoubleArray = expit(odds)
        return found if labels is None else found[:, labels]

    def above_thresholds(
        self, scores: AnyArray
    ) -> tuple[IntArray, IntArray, DoubleArray, BoolArray, BoolArray]:
        """Find the accepted and suggested tags without computing all probabilities.

        Args:
            scores: As for `probabilities`.

        Returns:
            Row and label of each tag, sorted, its probability, whether it is accepted, and whether
            it is suggested; equal to `probabilities`, `accepted` and `suggested`. Scores of −∞ are
            left out.

        Raises:
            UsageError: As `probabilities`.
        """
        if self.goal.at_most is not None and self.goal.at_most < self.n_labels:
            # Counting the tags of an image needs the probabilities of all labels.
            found = self.probabilities(scores)
            accepted, suggested = self.accepted(found), self.suggested(found)
            rows, labels = np.nonzero((accepted | suggested) & (scores > -np.inf))
            cells = (rows, labels)
            return rows, labels, found[cells], accepted[cells], suggested[cells]
        self._check(scores)
        levels = self.relative_levels(level_of(scores, self.scale))
        rows, labels = np.nonzero(scores >= self._least_scores)
        wide = np.asarray(scores[rows, labels], np.float64)
        odds = self.platt.log_odds(wide, levels[rows], labels)
        likely: DoubleArray = expit(self.curves.apply_to_pairs(odds, labels))
        above = likely >= self.accept[labels]
        kept = (above | (likely >= self.suggest[labels])) & (wide > -np.inf)
        return rows[kept], labels[kept], likely[kept], above[kept], ~above[kept]

    @cached_property
    def _least_scores(self) -> FloatArray:
        """Score below which a tag is neither accepted nor suggested at any level, (labels,)."""
        return least_scores(
            self.platt, self.curves, np.minimum(self.accept, self.suggest), self.reach
        )

    def relative_levels(self, levels: DoubleArray) -> DoubleArray:
        """Center and clip levels of images for Platt scaling, (images,)."""
        return np.clip(levels - self.center, -self.reach, self.reach)

    def accepted(self, probabilities: DoubleArray) -> BoolArray:
        """Find the accepted tags, (images, labels).

        Args:
            probabilities: (images, labels) over all labels.
        """
        chosen: BoolArray = probabilities >= self.accept
        if self.goal.at_most is not None and self.goal.at_most < self.n_labels:
            # Of an image with too many tags, accept only the most likely ones.
            place = self.n_labels - self.goal.at_most
            least = np.partition(probabilities, place, axis=1)[:, place, None]
            chosen &= probabilities >= least
        return chosen

    def accept_scores(self, scores: AnyArray) -> BoolArray:
        """Find the accepted tags, (images, labels), from raw scores of all labels."""
        return self.accepted(self.probabilities(scores))

    def suggested(self, probabilities: DoubleArray) -> BoolArray:
        """Find the tags that are suggested and not accepted, (images, labels)."""
        chosen: BoolArray = (probabilities >= self.suggest) & ~self.accepted(probabilities)
        return chosen

    def _check(self, scores: AnyArray) -> None:
        if scores.ndim != 2 or scores.shape[1] != self.n_labels:
            raise UsageError(
                f"scores must be images × {self.n_labels} labels, but got shape {scores.shape}"
            )
