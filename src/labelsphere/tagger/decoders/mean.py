"""Two decoders of the same points, read as one."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from labelsphere.tagger.decoders.base import Decoder


@dataclass(frozen=True)
class MeanDecoder(Decoder):
    """Ranks labels by the mean of two decoders' scores.

    Where both estimate how likely a label is, by its logarithm, that mixes them as experts are
    mixed (Hinton 2002): what one of them holds for impossible, both do.

    Attributes:
        one: A decoder.
        other: Another, of the same points and labels.
    """

    one: Decoder
    other: Decoder

    @property
    def features(self) -> bool:
        """Whether points are the head's inputs, for both."""
        return self.one.features

    @property
    def n_labels(self) -> int:
        """Number of labels."""
        return self.one.n_labels

    def to(self, device: torch.device) -> "MeanDecoder":
        """The same on a device."""
        return MeanDecoder(self.one.to(device), self.other.to(device))

    def plus(self, bias: Tensor) -> "MeanDecoder":
        """The same with something added to each label's score, e.g. a scaled log prior."""
        return replace(self, one=self.one.plus(bias), other=self.other.plus(bias))

    def scores(self, points: Tensor, start: int = 0, stop: int | None = None) -> Tensor:
        """Scores of points for a range of labels; see `Decoder.scores`."""
        return (self.one.scores(points, start, stop) + self.other.scores(points, start, stop)) / 2
