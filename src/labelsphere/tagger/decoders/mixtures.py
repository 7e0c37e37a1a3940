"""Older ways to read a head of points and log-odds, each with a fixed mixture."""

from typing import ClassVar

from torch import nn

from labelsphere.tagger.decoders.base import Decoder
from labelsphere.tagger.decoders.both import both_decoder
from labelsphere.tagger.decoders.kind import DecoderKind, Outputs
from labelsphere.tagger.decoders.mean import MeanDecoder
from labelsphere.tagger.decoders.tag_sets import tag_set_decoder
from labelsphere.tagger.label_context import LabelContext


class BothKind(DecoderKind):
    """The point and the log-odds, at fixed shares: see `both_decoder`."""

    description = "the point's posterior and the log-odds at fixed shares"
    reads = ("both",)

    def __init__(self, share: float) -> None:
        self.share = share

    def terms(
        self,
        labels: LabelContext,
        head: nn.Linear,
        concentration: float | None = None,  # noqa: ARG002
    ) -> tuple[Decoder, ...]:
        """One term."""
        return (both_decoder(labels, head, self.share),)


class TagSetsKind(DecoderKind):
    """Tag sets near the point, at a fixed concentration: see `tag_set_decoder`."""

    description = "tag sets near the point at a fixed concentration"
    reads: ClassVar[tuple[Outputs, ...]] = ("points", "both")

    def __init__(self, concentration: float) -> None:
        self.concentration = concentration

    def terms(
        self,
        labels: LabelContext,
        head: nn.Linear,
        concentration: float | None = None,  # noqa: ARG002
    ) -> tuple[Decoder, ...]:
        """One term."""
        return (tag_set_decoder(labels, head, self.concentration),)


class BothAndTagSetsKind(TagSetsKind):
    """The mean of the two above."""

    description = "the mean of both and of tag sets at a fixed concentration"
    reads = ("both",)

    def terms(
        self,
        labels: LabelContext,
        head: nn.Linear,
        concentration: float | None = None,  # noqa: ARG002
    ) -> tuple[Decoder, ...]:
        """One term."""
        sets = tag_set_decoder(labels, head, self.concentration)
        return (MeanDecoder(both_decoder(labels, head, 0.5), sets),)
