"""Precision, recall and F1 of accepted tags."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from labelsphere.arrays import BoolArray, FloatArray, IntArray, SparseRows
from labelsphere.metrics.buckets import BUCKET_EDGES, frequency_buckets
from labelsphere.metrics.scores import Scores, blocks
from labelsphere.metrics.truth import binary_truth

ACCEPTED_METRICS: dict[str, str] = {
    "micro_precision": "Share of true tags among all accepted ones.",
    "micro_recall": "Share of all true tags that are accepted.",
    "micro_f1": "Harmonic mean of micro precision and recall.",
    "macro_precision": "Share of true tags among a label's accepted ones; mean over the labels "
    "that are accepted at least once.",
    "macro_recall": "Share of a label's true tags that are accepted; mean over the labels in the "
    "test set.",
    "macro_f1": "Harmonic mean of a label's precision and recall, 0 if it is never accepted; "
    "mean over the labels in the test set.",
    "accepted_per_image": "Number of accepted tags per image; mean over images.",
}
"""Every metric of accepted tags, with its definition."""


@dataclass(frozen=True)
class AcceptedTags:
    """Metrics of accepted tags.

    Attributes:
        values: Defined metrics of `ACCEPTED_METRICS`; precision needs an accepted tag.
        by_frequency: The same for the labels of each bucket of training counts, rarest first.
    """

    values: dict[str, float]
    by_frequency: dict[str, dict[str, float]]


def measure_accepted(
    scores: Scores,
    accept: Callable[[FloatArray], BoolArray],
    truth: SparseRows,
    label_counts: IntArray,
    buckets: Sequence[int] = BUCKET_EDGES,
) -> AcceptedTags:
    """Measure accepted tags, in one pass over blocks of images.

    Args:
        scores: Images × labels.
        accept: Function of a block of scores, (images, labels); returns a mask of accepted tags.
        truth: CSR, images × labels; nonzero cells are true tags.
        label_counts: (labels,) int64 training images of each label.
        buckets: Smallest training count of each frequency bucket after the first.

    Raises:
        UsageError: If the shapes differ.
        DataError: If no image has a true tag.

    Examples:
        >>> from scipy.sparse import csr_array
        >>> from labelsphere.metrics import DenseScores
        >>> found = measure_accepted(
        ...     DenseScores([[0.9, 0.2], [0.8, 0.7]]),
        ...     lambda block: block > 0.5,
        ...     csr_array([[1, 1], [0, 1]]),
        ...     np.array([20, 20]),
        ... )
        >>> round(found.values["micro_f1"], 3), found.values["macro_recall"]
        (0.667, 0.75)
    """
    n_images, n_labels = scores.shape
    known = binary_truth(truth, scores.shape)
    right, given = np.zeros(n_labels, np.int64), np.zeros(n_labels, np.int64)
    for start, stop in blocks(n_images, n_labels):
        accepted = accept(scores.rows(start, stop))
        given += accepted.sum(axis=0)
        right += (accepted & (known[start:stop].toarray() > 0)).sum(axis=0)
    there = np.bincount(known.indices, minlength=n_labels)
    groups = frequency_buckets(label_counts, buckets)
    return AcceptedTags(
        _values(right, given, there, n_images),
        {
            name: _values(right[mask], given[mask], there[mask], n_images)
            for name, mask in groups.items()
            if there[mask].any()
        },
    )


def _values(right: IntArray, given: IntArray, there: IntArray, n_images: int) -> dict[str, float]:
    shown, present = given > 0, there > 0
    values = {
        "micro_recall": right.sum() / there.sum(),
        "micro_f1": 2 * right.sum() / (given.sum() + there.sum()),
        "macro_recall": (right[present] / there[present]).mean(),
        "macro_f1": (2 * right[present] / (given + there)[present]).mean(),
        "accepted_per_image": given.sum() / n_images,
    }
    if shown.any():
        values["micro_precision"] = right.sum() / given.sum()
        values["macro_precision"] = (right[shown] / given[shown]).mean()
    return {key: float(values[key]) for key in ACCEPTED_METRICS if key in values}
