"""Calibration: from raw scores to probabilities, and which tags to accept and to suggest."""

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
    "label": "the label's own held-back images",
    "bucket": "its frequency bucket, as its own held-back images are too few for the goal",
    "neighbors": "its number of images and the nearest labels, as it was not trained",
}
"""Where a label's thresholds come from."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """Probabilities and thresholds of a tagger's labels.

    Probabilities hold for images like the held-back ones: as many of them have a tag.

    Attributes:
        goal: What the accept thresholds were chosen for.
        names: The labels.
        counts: (labels,) int64 training images of each.
        positives: (labels,) int64 held-back images of each.
        scale: What scores are multiplied by for the level of an image.
        center: Mean level of the held-back images.
        reach: How far levels go from it; new images are taken to be within.
        platt: Platt scaling.
        curves: Isotonic regression of labels with many held-back images.
        accept: (labels,) float64 probability from which on a tag is accepted; ∞ where the label
            cannot be predicted.
        suggest: (labels,) float64 probability from which on a tag is suggested; below ``accept``.
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
        """Probabilities of tags.

        Args:
            scores: (images, labels) raw scores of the tagger's default decoder, over all labels:
                the level of an image is read off all of them.
            labels: Labels that are wanted, int64; all if None.

        Returns:
            (images, labels) float64 in [0, 1]; 0 where the score is −∞.

        Raises:
            UsageError: If the scores are of another number of labels.
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
        """The tags that are accepted or suggested, without the probabilities of all others.

        Args:
            scores: As for `probabilities`.

        Returns:
            Row and label of each tag in rising order, its probability, whether it is accepted, and
            whether it is suggested; the same as by `probabilities`, `accepted` and `suggested`.
            Scores of −∞ are left out.

        Raises:
            UsageError: As `probabilities`.
        """
        if self.goal.at_most is not None and self.goal.at_most < self.n_labels:
            # How many tags an image has is to be known of all labels.
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
        """(labels,) score below which a tag is neither accepted nor suggested at any level."""
        return least_scores(
            self.platt, self.curves, np.minimum(self.accept, self.suggest), self.reach
        )

    def relative_levels(self, levels: DoubleArray) -> DoubleArray:
        """Levels of images as Platt scaling takes them, (images,)."""
        return np.clip(levels - self.center, -self.reach, self.reach)

    def accepted(self, probabilities: DoubleArray) -> BoolArray:
        """Find the accepted tags, (images, labels).

        Args:
            probabilities: (images, labels) over all labels.
        """
        chosen: BoolArray = probabilities >= self.accept
        if self.goal.at_most is not None and self.goal.at_most < self.n_labels:
            # Of a crowded image the likeliest, whatever the thresholds.
            place = self.n_labels - self.goal.at_most
            least = np.partition(probabilities, place, axis=1)[:, place, None]
            chosen &= probabilities >= least
        return chosen

    def accept_scores(self, scores: AnyArray) -> BoolArray:
        """Find the accepted tags, (images, labels), by raw scores over all labels."""
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
