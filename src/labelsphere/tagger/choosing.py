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
"""Scores held at a time: 4 M."""


@dataclass(frozen=True)
class TagChoice:
    """Request for tags: how many, and in which order.

    Attributes:
        top: Number of tags, whatever their thresholds; None for those that are accepted or
            suggested, or the 10 best without calibration.
        raw: Whether to leave the calibration aside: the best tags by raw score.
        specific: Whether to order tags by how far they tell the image apart from others rather
            than by how likely they are.

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
    """The tags of each point, best first.

    Accepted tags come before all others. Among them, and among the others, the likelier tag comes
    first, or the one that tells more where that is wanted. A label with the score −∞ is never
    chosen.

    Args:
        points: (images, width) from the network.
        decoder: The default decoder, which the calibration is about.
        specific: The decoder for telling images apart, where ``choice`` wants it.
        calibration: Probabilities and thresholds, if there are some.
        choice: Which tags are wanted.
    """
    if calibration is None or choice.raw:
        return _best(points, decoder if specific is None else specific, choice)
    parts: list[ChosenTags] = []
    # At least one block, which may be empty.
    for block in torch.split(points, max(1, _BLOCK // decoder.n_labels)):
        scores = decoder.scores(block).cpu().numpy()
        order_by = None if specific is None else specific.scores(block).cpu().numpy()
        parts.append(_calibrated(scores, order_by, calibration, choice))
    return ChosenTags.joined(parts)


def _best(points: Tensor, decoder: Decoder, choice: TagChoice) -> ChosenTags:
    """The tags of the highest scores."""
    count = min(choice.top or _UNCALIBRATED, decoder.n_labels)
    found, values = decoder.top(points, count)
    labels, scores = found.cpu().numpy(), values.cpu().numpy()
    kept = scores > -np.inf
    return ChosenTags(starts_of(kept.sum(axis=1)), labels[kept], scores[kept])


def _calibrated(
    scores: AnyArray, order_by: AnyArray | None, calibration: Calibration, choice: TagChoice
) -> ChosenTags:
    """The tags of a block of images by their probabilities."""
    if choice.top is None:
        pairs = calibration.above_thresholds(scores)
    else:
        pairs = _likeliest(scores, order_by, calibration, choice)
    rows, labels, probabilities, accepted, suggested = pairs
    ranks = probabilities if order_by is None else order_by[rows, labels]
    first = np.zeros(len(rows)) if choice.top is not None and choice.specific else ~accepted
    # Equal ranks by rising label: pairs come in the order of rows and labels.
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
    """The best tags of each image, whatever their thresholds, as `Calibration.above_thresholds`."""
    probabilities = calibration.probabilities(scores)
    accepted = calibration.accepted(probabilities)
    suggested = calibration.suggested(probabilities)
    ranks = probabilities if order_by is None else order_by
    chosen = np.zeros(scores.shape, np.bool_)
    for row in range(len(scores)):
        # What tells most, accepted or not, or else accepted tags first.
        first = np.zeros(len(ranks[row])) if choice.specific else ~accepted[row]
        order = np.lexsort((-ranks[row], first))
        chosen[row, order[: choice.top]] = True
    rows, labels = np.nonzero(chosen & (scores > -np.inf))
    cells = (rows, labels)
    return rows, labels, probabilities[cells], accepted[cells], suggested[cells]
