"""A decoder that is kept until something it was made from changes."""

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from labelsphere.tagger.decoders import Decoder, DecoderKind, DecoderWeights
from labelsphere.tagger.label_context import LabelContext


@dataclass(frozen=True)
class DecoderSource:
    """Everything that a decoder is made from.

    Attributes:
        kind: How it is made.
        labels: The labels.
        head: The network's head.
        weights: Of the decoder's terms, or None for the defaults.
    """

    kind: DecoderKind
    labels: LabelContext
    head: nn.Linear
    weights: DecoderWeights | None

    def state(self) -> tuple[object, ...]:
        """Values that differ when the decoder would; tensors count by identity and version."""
        return (
            self.kind,
            id(self.labels),
            self.weights,
            *_state(self.head.weight),
            *_state(self.head.bias),
        )


@dataclass
class DecoderCache:
    """At most one decoder for each of the two uses."""

    _kept: dict[bool, tuple[tuple[object, ...], DecoderSource, Decoder]] = field(
        default_factory=dict
    )

    def get(self, source: DecoderSource, *, specific: bool) -> Decoder:
        """The decoder, on the head's device; built only where the source has changed.

        Raises:
            UsageError: As `DecoderKind.build`.
        """
        state = source.state()
        kept = self._kept.get(specific)
        if kept is not None and kept[0] == state:
            return kept[2]
        built = source.kind.build(source.labels, source.head, source.weights, specific=specific)
        decoder = built.to(source.head.weight.device)
        # The source is kept too, so that no new object takes the identity of an old one.
        self._kept[specific] = state, source, decoder
        return decoder


def _state(tensor: Tensor) -> tuple[object, ...]:
    # Every change in place raises the version, those of optimizers and load_state_dict included.
    version = -1 if tensor.is_inference() else tensor._version
    return id(tensor), version, tensor.data_ptr(), torch.device(tensor.device)
