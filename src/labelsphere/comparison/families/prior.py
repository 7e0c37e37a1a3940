"""The tags' prior, added to the score or taken from it."""

from collections.abc import Sequence

from labelsphere.arrays import IntArray
from labelsphere.comparison.families.base import Candidate, Family, Trained
from labelsphere.metrics import Scores
from labelsphere.tagger.decoders import log_prior

_TAKEN = (
    0.01, 0.02, 0.03, 0.05, 0.07, 0.1, 0.12, 0.15, 0.18, 0.22, 0.27, 0.33, 0.4, 0.5, 0.6, 0.75,
    0.9, 1.1, 1.3, 1.6, 1.9, 2.3, 2.8, 3.4, 4.0,
)  # fmt: skip
_ADDED = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0, 1.5, 2.0)

SCALES = (*(-scale for scale in reversed(_TAKEN)), 0.0, *_ADDED)
"""Scales of the prior. Log-odds have its unit, cosines about a tenth: one grid spans both.

Finer and further below 0: MAP@100 peaks there, sharply, where twice the prior and more is taken off
log-odds.
"""


class PriorFamily(Family):
    """score + s · log(share of the training images that have the tag).

    Args:
        scales: Values of s to choose from.
    """

    name = "prior"

    def __init__(self, scales: Sequence[float] = SCALES) -> None:
        self._scales = tuple(scales)

    def candidates(self, trained: Trained) -> list[Candidate]:
        """One candidate a scale; 0 is the decoder as trained."""
        labels = trained.tagger.labels
        prior = log_prior(labels.counts, labels.n_images)

        def candidate(scale: float) -> Candidate:
            def scores(rows: IntArray) -> Scores:
                return trained.scores(rows, scale * prior)

            return Candidate({"scale": scale}, abs(scale), scores)

        return [candidate(scale) for scale in self._scales]

    def grid(self) -> tuple[float, ...]:
        """The scales."""
        return self._scales
