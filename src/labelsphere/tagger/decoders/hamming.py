"""Error-correcting output codes read by Hamming distance (§2, [6])."""

from dataclasses import replace

import torch
from torch import nn

from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger.decoders.cosine import cosine_decoder
from labelsphere.tagger.decoders.kind import DecoderKind
from labelsphere.tagger.decoders.linear import LinearDecoder
from labelsphere.tagger.label_context import LabelContext


class HammingKind(DecoderKind):
    """Error-correcting output codes: see `hamming_decoder`."""

    description = "share of bits on which the point's signs agree with a label's code word"
    reads = ("points",)

    def terms(
        self,
        labels: LabelContext,
        head: nn.Linear,  # noqa: ARG002 - code words are fixed
    ) -> tuple[LinearDecoder]:
        """One term, the agreement of signs."""
        return (hamming_decoder(labels.needed_space("hamming")),)


def hamming_decoder(space: LabelSpace) -> LinearDecoder:
    """Ranks labels by the bits of their words that a point's signs agree with.

    The score is 1 − 2 · distance / bits, in [−1, 1]. Words are ±1 up to scale, so that it is a
    product of signs and words: the decoder stays linear in what is left of the point. A
    coordinate of exactly 0 has no sign and counts for no word.

    Raises:
        UsageError: If the labels' embeddings are not words of ±1.
    """
    bits = torch.from_numpy(space.vectors[space.placed]).abs()
    if not len(bits) or not torch.allclose(bits, bits[:1, :1]):
        raise UsageError(
            "decoder 'hamming' reads words of ±1, and this label space, made by "
            f"{space.record.method!r}, has other embeddings; fit one with method 'ecoc'"
        )
    return replace(cosine_decoder(space), signs=True)
