"""Scores that are a matrix product of points and label vectors, which all decoders here are."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn.functional import normalize

from labelsphere.errors import UsageError

_BLOCK = 1 << 25
"""Scores held at a time while ranking: 32 M, 128 MiB in float32."""


@dataclass(frozen=True)
class LinearDecoder:
    """Ranks labels by ``points @ vectors.T + bias``.

    Scores are float32. A label with bias −∞ is ranked last and never returned before any other;
    a zero point under ``normalised`` gives every label its bias.

    Attributes:
        vectors: One row per label, (labels, width) float32.
        bias: Added to each label's score, (labels,) float32.
        features: Whether points are the head's inputs rather than the network's outputs.
        normalised: Whether points are brought to unit norm first.
    """

    vectors: Tensor
    bias: Tensor
    features: bool = False
    normalised: bool = False

    @property
    def n_labels(self) -> int:
        """Number of labels."""
        return len(self.vectors)

    def to(self, device: torch.device) -> "LinearDecoder":
        """The same on a device."""
        return replace(self, vectors=self.vectors.to(device), bias=self.bias.to(device))

    def plus(self, bias: Tensor) -> "LinearDecoder":
        """The same with something added to each label's score, e.g. a scaled log prior."""
        return replace(self, bias=self.bias + bias.to(self.bias))

    def scores(self, points: Tensor, start: int = 0, stop: int | None = None) -> Tensor:
        """Scores of points for a range of labels.

        Args:
            points: (rows, width) float32.
            start: First label.
            stop: Label after the last; all if None.

        Returns:
            (rows, stop − start) float32.
        """
        if self.normalised:
            points = normalize(points, dim=1)
        return points @ self.vectors[start:stop].T + self.bias[start:stop]

    def top(self, points: Tensor, count: int) -> tuple[Tensor, Tensor]:
        """The best labels of each point.

        Args:
            points: (rows, width) float32.
            count: Number of labels to return for each point.

        Returns:
            Label numbers, int64, and scores, float32, both (rows, count), best first.

        Raises:
            UsageError: If ``count`` is not from 1 to the number of labels.
        """
        if not 1 <= count <= self.n_labels:
            raise UsageError(f"top must be from 1 to {self.n_labels} labels, but got {count}")
        rows = max(1, _BLOCK // self.n_labels)
        best = [self.scores(block).topk(count, dim=1) for block in torch.split(points, rows)]
        if not best:
            return points.new_empty((0, count), dtype=torch.int64), points.new_empty((0, count))
        return torch.cat([b.indices for b in best]), torch.cat([b.values for b in best])
