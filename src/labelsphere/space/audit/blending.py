"""Other tags and a tagger's eyes together: how much each of the two counts."""

from typing import Protocol

import numpy as np

from labelsphere.annotations import Annotations
from labelsphere.arrays import DoubleArray, FloatArray, IntArray
from labelsphere.space.audit.evidence import AbsentEvidence, Evidence
from labelsphere.space.audit.weights import learn_weights

_LEARNED_FROM = 20_000


class Predictions(Protocol):
    """A tagger's scores, as `Tagger.scores` gives them."""

    def rows(self, start: int, stop: int) -> FloatArray:
        """Scores of some images over all labels, (images, labels) float32."""


def blend_weights(
    tags: Annotations,
    evidence: Evidence,
    absences: AbsentEvidence,
    predictions: Predictions,
    log_prior: DoubleArray,
) -> tuple[DoubleArray, DoubleArray]:
    """Weight of a tagger's scores against the other tags, learned from the tags themselves.

    Two regressions separate the tags that images have: from tags drawn by frequency, as mistakes
    are, and from tags drawn uniformly.

    Args:
        tags: Images and their tags.
        evidence: What the other tags of an image say of one that is there.
        absences: What they say of one that is not.
        predictions: What a tagger says of the images.
        log_prior: (labels,) float64.

    Returns:
        Weights of (fit, prediction), and of (support, log prior, prediction), float64, 0 or above.
    """
    random = np.random.default_rng(0)
    present = np.repeat(np.arange(tags.n_images), np.diff(tags.matrix.indptr))
    chosen = np.sort(random.permutation(len(present))[:_LEARNED_FROM])
    images = present[chosen].astype(np.int64)
    labels = tags.matrix.indices[chosen].astype(np.int64)
    # Mistakes are drawn by frequency, other tags uniformly.
    mistaken = random.choice(tags.matrix.indices, len(chosen)).astype(np.int64)
    other = random.integers(0, tags.n_labels, len(chosen))
    has = tags.matrix.astype(bool)
    drawn = {}
    for name, numbers in {"there": labels, "mistaken": mistaken, "other": other}.items():
        kept = np.ones(len(numbers), np.bool_)
        if name != "there":
            kept = ~np.asarray(has[images, numbers], np.bool_).ravel()
        drawn[name] = images[kept], numbers[kept]
    seen = {name: _at(predictions, *pairs) for name, pairs in drawn.items()}

    def fits(name: str) -> DoubleArray:
        return np.column_stack([np.nan_to_num(evidence.fit(*drawn[name])), seen[name]])

    def supports(name: str) -> DoubleArray:
        values = np.nan_to_num(absences.support(*drawn[name]))
        return np.column_stack([values, log_prior[drawn[name][1]], seen[name]])

    return (
        learn_weights(fits("there"), fits("mistaken")),
        learn_weights(supports("there"), supports("other")),
    )


def _at(predictions: Predictions, images: IntArray, labels: IntArray) -> DoubleArray:
    """Predictions of some pairs, images in order."""
    values = np.empty(len(images))
    start = 0
    while start < len(images):
        first = int(images[start])
        last = int(images[min(start + 256, len(images) - 1)])
        stop = int(np.searchsorted(images, last, side="right"))
        block = predictions.rows(first, last + 1)
        values[start:stop] = block[images[start:stop] - first, labels[start:stop]]
        start = stop
    return values
