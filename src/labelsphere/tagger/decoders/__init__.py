"""From a network's outputs to ranked tags, one file each, chosen by name.

An objective brings the decoder that belongs to it. Any other is a file here and a line in
`DECODERS`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from labelsphere.errors import UsageError
from labelsphere.tagger.decoders.base import Decoder
from labelsphere.tagger.decoders.conse import conse_decoder
from labelsphere.tagger.decoders.cosine import cosine_decoder
from labelsphere.tagger.decoders.hamming import hamming_decoder
from labelsphere.tagger.decoders.linear import LinearDecoder
from labelsphere.tagger.decoders.logistic import logistic_decoder
from labelsphere.tagger.decoders.omp import omp_decoder
from labelsphere.tagger.decoders.posterior import posterior_decoder
from labelsphere.tagger.decoders.prior import log_prior
from labelsphere.tagger.label_context import LabelContext

__all__ = [
    "DECODERS",
    "Decoder",
    "LinearDecoder",
    "build_decoder",
    "cosine_decoder",
    "log_prior",
    "logistic_decoder",
    "posterior_decoder",
]


@dataclass(frozen=True)
class _Named:
    """A decoder by name.

    Attributes:
        build: From labels and the network's head to the decoder.
        of_points: Whether it reads points of a label space, or else the logits of a classifier.
    """

    build: Callable[[LabelContext, nn.Linear], Decoder]
    of_points: bool


DECODERS: dict[str, _Named] = {
    "cosine": _Named(lambda labels, _: cosine_decoder(labels.needed_space("cosine")), True),
    "posterior": _Named(
        lambda labels, _: posterior_decoder(labels, labels.needed_space("posterior")), True
    ),
    "hamming": _Named(lambda labels, _: hamming_decoder(labels.needed_space("hamming")), True),
    "omp": _Named(lambda labels, _: omp_decoder(labels), True),
    "logistic": _Named(lambda _, head: logistic_decoder(head), False),
    "conse": _Named(conse_decoder, False),
}


def build_decoder(name: str, labels: LabelContext, head: nn.Linear, *, points: bool) -> Decoder:
    """The decoder of a name for a trained network.

    Args:
        name: A name of ``DECODERS``.
        labels: The labels, with a space where the decoder needs one.
        head: The network's head.
        points: Whether the head puts out points of the label space, or else logits.

    Raises:
        UsageError: If there is no such decoder, it reads something else than the head puts out, or
            it needs a label space and there is none, or one of another kind.
    """
    if name not in DECODERS:
        raise UsageError(f"decoder must be one of {', '.join(DECODERS)}, but got {name!r}")
    if DECODERS[name].of_points != points:
        kinds = {True: "points of a label space", False: "logits of a classifier"}
        there = ", ".join(key for key, entry in DECODERS.items() if entry.of_points == points)
        raise UsageError(
            f"decoder {name!r} reads {kinds[not points]}, and this network puts out "
            f"{kinds[points]}; those for it: {there}"
        )
    return DECODERS[name].build(labels, head)
