"""Scores that are a matrix product of points and label vectors."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn.functional import normalize

from labelsphere.linalg import top_k
from labelsphere.tagger.decoders.base import Decoder


@dataclass(frozen=True)
class LinearDecoder(Decoder):
    """Ranks labels by ``points @ vectors.T + bias``.

    Scores are float32. A label with bias −∞ is ranked last and never returned before any other;
    a zero point under ``normalised`` gives every label its bias.

    Attributes:
        vectors: One row per label, (labels, width) float32.
        bias: Added to each label's score, (labels,) float32.
        features: Whether points are the head's inputs rather than the network's outputs.
        normalised: Whether points are brought to unit norm first.
        signs: Whether of points only the signs of their coordinates count.
    """

    vectors: Tensor
    bias: Tensor
    features: bool = False
    normalised: bool = False
    signs: bool = False

    @property
    def n_labels(self) -> int:
        """Number of labels."""
        return len(self.vectors)

    def to(self, device: torch.device) -> "LinearDecoder":
        """Return the decoder on a device."""
        return replace(self, vectors=self.vectors.to(device), bias=self.bias.to(device))

    def plus(self, bias: Tensor) -> "LinearDecoder":
        """Return the decoder with a bias added to each label's score, e.g. a scaled log prior."""
        return replace(self, bias=self.bias + bias.to(self.bias))

    def scaled(self, weight: float) -> "LinearDecoder":
        """Return the decoder with scores scaled by a weight of 0 or more; −∞ stays −∞."""
        bias = torch.where(self.bias == -torch.inf, self.bias, weight * self.bias)
        return replace(self, vectors=weight * self.vectors, bias=bias)

    def scores(self, points: Tensor, start: int = 0, stop: int | None = None) -> Tensor:
        """Scores of points for a range of labels; see `Decoder.scores`."""
        if self.signs:
            points = points.sign()
        if self.normalised:
            points = normalize(points, dim=1)
        return points @ self.vectors[start:stop].T + self.bias[start:stop]

    def top(self, points: Tensor, count: int) -> tuple[Tensor, Tensor]:
        """The best labels of each point; see `Decoder.top`.

        The ranking is that of `scores`, on the CPU with equal scores by rising label number
        (`labelsphere.linalg.top_k`, which states the tolerance).

        Raises:
            UsageError: If ``count`` is not from 1 to the number of labels, or the points are of
                another width or not finite.
            DataError: If a score is NaN or +∞.
        """
        if points.device.type != "cpu":
            return super().top(points, count)
        if self.signs:
            points = points.sign()
        if self.normalised:
            points = normalize(points, dim=1)
        labels, scores = top_k(
            points.detach().numpy(),
            self.vectors.detach().numpy(),
            count,
            self.bias.detach().numpy(),
        )
        return torch.from_numpy(labels), torch.from_numpy(scores)
