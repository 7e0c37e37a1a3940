"""Which tags an image is given, and in which order."""

from dataclasses import dataclass
from math import inf

import numpy as np
import torch
from torch import Tensor

from labelsphere.annotations import Vocabulary
from labelsphere.arrays import AnyArray, IntArray
from labelsphere.errors import UsageError
from labelsphere.tagger.calibration import Calibration
from labelsphere.tagger.decoders import Decoder
from labelsphere.tagger.tag import Tag

_UNCALIBRATED = 10
_BLOCK = 1 << 22
"""Scores held at a time: 4 M."""


@dataclass(frozen=True)
class TagChoice:
    """Which tags are wanted.

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
    vocabulary: Vocabulary,
    calibration: Calibration | None,
    choice: TagChoice,
) -> list[list[Tag]]:
    """The tags of each point, best first.

    Accepted tags come before all others. Among them, and among the others, the likelier tag comes
    first, or the one that tells more where that is wanted.

    Args:
        points: (images, width) from the network.
        decoder: The default decoder, which the calibration is about.
        specific: The decoder for telling images apart, where ``choice`` wants it.
        vocabulary: The labels.
        calibration: Probabilities and thresholds, if there are some.
        choice: Which tags are wanted.
    """
    ranking = decoder if specific is None else specific
    if calibration is None or choice.raw:
        count = min(choice.top or _UNCALIBRATED, len(vocabulary))
        labels, scores = ranking.top(points, count)
        return [
            [Tag(vocabulary[n], s) for n, s in zip(numbers, values, strict=True) if s > -inf]
            for numbers, values in zip(labels.tolist(), scores.tolist(), strict=True)
        ]
    found: list[list[Tag]] = []
    for block in torch.split(points, max(1, _BLOCK // len(vocabulary))):
        scores_of = decoder.scores(block).cpu().numpy()
        order_by = None if specific is None else specific.scores(block).cpu().numpy()
        found += _calibrated(scores_of, order_by, vocabulary, calibration, choice)
    return found


def _calibrated(
    scores: AnyArray,
    order_by: AnyArray | None,
    vocabulary: Vocabulary,
    calibration: Calibration,
    choice: TagChoice,
) -> list[list[Tag]]:
    probabilities = calibration.probabilities(scores)
    accepted = calibration.accepted(probabilities)
    suggested = calibration.suggested(probabilities)
    ranks = probabilities if order_by is None else order_by
    found = []
    for row in range(len(scores)):
        chosen = _ordered(ranks[row], accepted[row] | suggested[row], accepted[row], choice)
        chosen = chosen[scores[row, chosen] > -inf]
        found.append(
            [
                Tag(
                    vocabulary[label],
                    float(scores[row, label]),
                    float(probabilities[row, label]),
                    bool(accepted[row, label]),
                    bool(suggested[row, label]),
                )
                for label in chosen.tolist()
            ]
        )
    return found


def _ordered(rank: AnyArray, wanted: AnyArray, accepted: AnyArray, choice: TagChoice) -> IntArray:
    """Labels of one image in order."""
    if choice.top is None:
        candidates = np.flatnonzero(wanted)
    elif choice.specific:
        # What tells most, accepted or not.
        return np.argsort(-rank, kind="stable")[: choice.top]
    else:
        candidates = np.arange(len(rank))
    order = np.lexsort((-rank[candidates], ~accepted[candidates]))
    ordered: IntArray = candidates[order][: choice.top]
    return ordered
