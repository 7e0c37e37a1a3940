"""Weighted sums of decoders."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from labelsphere.errors import UsageError
from labelsphere.tagger.decoders.base import Decoder
from labelsphere.tagger.decoders.linear import LinearDecoder


@dataclass(frozen=True)
class WeightedDecoder(Decoder):
    """Ranks labels by Σ_j w_j · (score of decoder j) + bias.

    Where the decoders estimate log-odds, a weighted sum mixes them as experts are mixed
    (Hinton 2002).

    Attributes:
        terms: Decoders of the same points and labels, one or more.
        weights: w_j, above 0.
        bias: (labels,) float32.
    """

    terms: tuple[Decoder, ...]
    weights: tuple[float, ...]
    bias: Tensor

    @property
    def features(self) -> bool:
        """Whether points are the head's inputs, for all terms alike."""
        return self.terms[0].features

    @property
    def n_labels(self) -> int:
        """Number of labels."""
        return self.terms[0].n_labels

    def to(self, device: torch.device) -> "WeightedDecoder":
        """Return the decoder on a device."""
        moved = tuple(term.to(device) for term in self.terms)
        return WeightedDecoder(moved, self.weights, self.bias.to(device))

    def plus(self, bias: Tensor) -> "WeightedDecoder":
        """Return the decoder with a bias added to each label's score, e.g. a scaled log prior."""
        return replace(self, bias=self.bias + bias.to(self.bias))

    def scores(self, points: Tensor, start: int = 0, stop: int | None = None) -> Tensor:
        """Scores of points for a range of labels; see `Decoder.scores`."""
        total = self.bias[start:stop].expand(len(points), -1)
        for term, weight in zip(self.terms, self.weights, strict=True):
            total = total.add(term.scores(points, start, stop), alpha=weight)
        return total


def weighted_sum(terms: Sequence[Decoder], weights: Sequence[float], bias: Tensor) -> Decoder:
    """The decoder of a weighted sum; linear terms are added up into one matrix product.

    Terms of weight 0 are left out. If all are, every image gets the bias as its scores. A label
    that a linear term gives −∞ keeps it whatever the weight.

    Args:
        terms: Decoders of the same points and labels, one or more.
        weights: One for each, 0 or more.
        bias: Added to the scores, (labels,) float32.

    Raises:
        UsageError: If there are not as many weights as terms.
    """
    if len(terms) != len(weights):
        raise UsageError(
            f"this decoder has {len(terms)} terms, but got {len(weights)} weights; fit them for "
            "this tagger"
        )
    kept = [(term, weight) for term, weight in zip(terms, weights, strict=True) if weight > 0]
    if not kept and isinstance(terms[0], LinearDecoder):
        return terms[0].scaled(0.0).plus(bias)
    if len(kept) == 1 and isinstance(kept[0][0], LinearDecoder):
        return kept[0][0].scaled(kept[0][1]).plus(bias)
    used = kept or [(terms[0], 0.0)]
    return WeightedDecoder(
        tuple(term for term, _ in used), tuple(weight for _, weight in used), bias
    )
