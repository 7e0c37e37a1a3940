"""Choice and order of an image's tags."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from labelsphere.arrays import AnyArray, BoolArray, DoubleArray, IntArray
from labelsphere.errors import UsageError
from labelsphere.tagger.calibration import Calibration
from labelsphere.tagger.chosen import ChosenTags, starts_of
from labelsphere.tagger.decoders import Decoder

_UNCALIBRATED = 10
_BLOCK = 1 << 22
"""Number of scores in memory at a time: 4 M."""


@dataclass(frozen=True)
class TagChoice:
    """Number and order of an image's tags.

    Attributes:
        top: Number of tags, whatever their thresholds; None for accepted and suggested tags, or the
            10 best without calibration.
        raw: Whether to ignore the calibration and return the best tags by raw score.
        specific: Whether to order tags by how well they distinguish the image from others, instead
            of by probability.

    Raises:
        UsageError: If ``top`` is below 1.
    """

    top: int | None = None
    raw: bool = False
    specific: bool = False

    def __post_init__(self) -> None:
        """Check the number."""
        if self.top is not None and self.top < 1:
            raise UsageError(f"top must be 1 or more, but got {self.top}")


def choose_tags(
    points: Tensor,
    decoder: Decoder,
    specific: Decoder | None,
    calibration: Calibration | None,
    choice: TagChoice,
) -> ChosenTags:
    """Choose the tags of each point, best first.

    Accepted tags come before all others. Among both, tags are ordered by probability, or by
    specificity if requested. A label with the score −∞ is never chosen.

    Args:
        points: (images, width) outputs of the network.
        decoder: The default decoder, to which the calibration belongs.
        specific: The decoder that orders by specificity, if ``choice`` requests it.
        calibration: Probabilities and thresholds, if the tagger has them.
        choice: Number and order of the tags.
    """
    if calibration is None or choice.raw:
        return _best(points, decoder if specific is None else specific, choice)
    chosen: list[ChosenTags] = []
    # Make at least one block, which may be empty.
    for block in torch.split(points, max(1, _BLOCK // decoder.n_labels)):
        scores = decoder.scores(block).cpu().numpy()
        order_by = None if specific is None else specific.scores(block).cpu().numpy()
        chosen.append(_calibrated(scores, order_by, calibration, choice))
    return ChosenTags.joined(chosen)


def _best(points: Tensor, decoder: Decoder, choice: TagChoice) -> ChosenTags:
    """Choose the tags with the highest scores."""
    count = min(choice.top or _UNCALIBRATED, decoder.n_labels)
    found, values = decoder.top(points, count)
    labels, scores = found.cpu().numpy(), values.cpu().numpy()
    kept = scores > -np.inf
    return ChosenTags(starts_of(kept.sum(axis=1)), labels[kept], scores[kept])


def _calibrated(
    scores: AnyArray, order_by: AnyArray | None, calibration: Calibration, choice: TagChoice
) -> ChosenTags:
    """Choose the tags of a block of images by probability."""
    if choice.top is None:
        pairs = calibration.above_thresholds(scores)
    else:
        pairs = _likeliest(scores, order_by, calibration, choice)
    rows, labels, probabilities, accepted, suggested = pairs
    ranks = probabilities if order_by is None else order_by[rows, labels]
    first = np.zeros(len(rows)) if choice.top is not None and choice.specific else ~accepted
    # The sort is stable, so equal ranks stay in the order of labels.
    order = np.lexsort((-ranks, first, rows))
    rows, labels = rows[order], labels[order]
    return ChosenTags(
        starts_of(np.bincount(rows, minlength=len(scores))),
        labels,
        scores[rows, labels],
        probabilities[order],
        accepted[order],
        suggested[order],
    )


def _likeliest(
    scores: AnyArray, order_by: AnyArray | None, calibration: Calibration, choice: TagChoice
) -> tuple[IntArray, IntArray, DoubleArray, BoolArray, BoolArray]:
    """Choose the best tags of each image; returns the same as `Calibration.above_thresholds`."""
    probabilities = calibration.probabilities(scores)
    accepted = calibration.accepted(probabilities)
    suggested = calibration.suggested(probabilities)
    ranks = probabilities if order_by is None else order_by
    chosen = np.zeros(scores.shape, np.bool_)
    for row in range(len(scores)):
        # Order by specificity alone, or accepted tags first.
        first = np.zeros(len(ranks[row])) if choice.specific else ~accepted[row]
        order = np.lexsort((-ranks[row], first))
        chosen[row, order[: choice.top]] = True
    rows, labels = np.nonzero(chosen & (scores > -np.inf))
    cells = (rows, labels)
    return rows, labels, probabilities[cells], accepted[cells], suggested[cells]
