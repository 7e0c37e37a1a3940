"""Cache of a decoder, valid until its source changes."""

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from labelsphere.tagger.decoders import Decoder, DecoderKind, DecoderWeights
from labelsphere.tagger.label_context import LabelContext


@dataclass(frozen=True)
class DecoderSource:
    """Everything that a decoder is built from.

    Attributes:
        kind: Kind of the decoder.
        labels: The labels.
        head: The network's head.
        weights: Weights of the decoder's terms, or None for the defaults.
    """

    kind: DecoderKind
    labels: LabelContext
    head: nn.Linear
    weights: DecoderWeights | None

    def state(self) -> tuple[object, ...]:
        """Return values that change with the decoder: identities and versions of tensors."""
        return (
            self.kind,
            id(self.labels),
            self.weights,
            *_state(self.head.weight),
            *_state(self.head.bias),
        )


@dataclass
class DecoderCache:
    """Cache of at most one decoder for each of the two orders."""

    _kept: dict[bool, tuple[tuple[object, ...], DecoderSource, Decoder]] = field(
        default_factory=dict
    )

    def get(self, source: DecoderSource, *, specific: bool) -> Decoder:
        """Return the decoder, on the head's device; it is built if the source has changed.

        Raises:
            UsageError: As `DecoderKind.build`.
        """
        state = source.state()
        kept = self._kept.get(specific)
        if kept is not None and kept[0] == state:
            return kept[2]
        built = source.kind.build(source.labels, source.head, source.weights, specific=specific)
        decoder = built.to(source.head.weight.device)
        # Keep the source alive, so that no new object reuses the identity of an old one.
        self._kept[specific] = state, source, decoder
        return decoder


def _state(tensor: Tensor) -> tuple[object, ...]:
    # Every in-place change increments the version, also by optimizers and load_state_dict.
    version = -1 if tensor.is_inference() else tensor._version
    return id(tensor), version, tensor.data_ptr(), torch.device(tensor.device)
