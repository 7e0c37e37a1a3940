"""A decoder some of whose labels are scored by another."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from labelsphere.tagger.decoders.base import Decoder


@dataclass(frozen=True)
class ReplacedDecoder(Decoder):
    """Scores of one decoder, but for some labels those of another.

    Attributes:
        usual: A decoder.
        other: One of the same points and labels.
        replaced: The labels that the other scores, (labels,) Boolean.
    """

    usual: Decoder
    other: Decoder
    replaced: Tensor

    @property
    def features(self) -> bool:
        """Whether points are the head's inputs, for both."""
        return self.usual.features

    @property
    def n_labels(self) -> int:
        """Number of labels."""
        return self.usual.n_labels

    def to(self, device: torch.device) -> "ReplacedDecoder":
        """Return the decoder on a device."""
        return ReplacedDecoder(
            self.usual.to(device), self.other.to(device), self.replaced.to(device)
        )

    def plus(self, bias: Tensor) -> "ReplacedDecoder":
        """Return the decoder with a bias added to each label's score, e.g. a scaled log prior."""
        return replace(self, usual=self.usual.plus(bias), other=self.other.plus(bias))

    def scores(self, points: Tensor, start: int = 0, stop: int | None = None) -> Tensor:
        """Scores of points for a range of labels; see `Decoder.scores`."""
        usual = self.usual.scores(points, start, stop)
        replaced = self.replaced[start:stop]
        if not replaced.any():
            return usual
        return torch.where(replaced, self.other.scores(points, start, stop), usual)
