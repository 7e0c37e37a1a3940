"""What every decoder offers: scores of points over labels, and the best labels of each point."""

from abc import ABC, abstractmethod

import torch
from torch import Tensor

from labelsphere.errors import UsageError

_BLOCK = 1 << 25
"""Scores held at a time while ranking: 32 M, 128 MiB in float32."""


class Decoder(ABC):
    """From points to labels."""

    @property
    @abstractmethod
    def features(self) -> bool:
        """Whether points are the head's inputs rather than the network's outputs."""

    @property
    @abstractmethod
    def n_labels(self) -> int:
        """Number of labels."""

    @abstractmethod
    def to(self, device: torch.device) -> "Decoder":
        """Return the decoder on a device."""

    @abstractmethod
    def plus(self, bias: Tensor) -> "Decoder":
        """Return the decoder with a bias added to each label's score, e.g. a scaled log prior."""

    def with_concentration(self, concentration: float) -> "Decoder":  # noqa: ARG002 - for subclasses
        """Return the decoder with another concentration κ; itself if it has none."""
        return self

    @abstractmethod
    def scores(self, points: Tensor, start: int = 0, stop: int | None = None) -> Tensor:
        """Scores of points for a range of labels; −∞ ranks last.

        Args:
            points: (rows, width) float32.
            start: First label.
            stop: Label after the last; all if None.

        Returns:
            (rows, stop − start) float32.
        """

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
