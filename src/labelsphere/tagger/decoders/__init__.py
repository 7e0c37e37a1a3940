"""From a network's outputs to ranked tags, one file each, chosen by name.

An objective brings the decoder that belongs to it. Any other is a file here and a line in
`DECODERS`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from torch import nn

from labelsphere.errors import UsageError
from labelsphere.tagger.decoders.base import Decoder
from labelsphere.tagger.decoders.both import both_decoder
from labelsphere.tagger.decoders.conse import conse_decoder
from labelsphere.tagger.decoders.cosine import cosine_decoder
from labelsphere.tagger.decoders.hamming import hamming_decoder
from labelsphere.tagger.decoders.linear import LinearDecoder
from labelsphere.tagger.decoders.logistic import logistic_decoder
from labelsphere.tagger.decoders.mean import MeanDecoder
from labelsphere.tagger.decoders.omp import omp_decoder
from labelsphere.tagger.decoders.posterior import posterior_decoder
from labelsphere.tagger.decoders.prior import log_prior
from labelsphere.tagger.decoders.tag_sets import CONCENTRATIONS, tag_set_decoder
from labelsphere.tagger.label_context import LabelContext

__all__ = [
    "CONCENTRATIONS",
    "DECODERS",
    "Decoder",
    "LinearDecoder",
    "MeanDecoder",
    "Outputs",
    "build_decoder",
    "cosine_decoder",
    "log_prior",
    "logistic_decoder",
    "posterior_decoder",
]


Outputs = Literal["logits", "points", "both"]
"""What a network's head puts out: logits of the labels, points of a label space, or both."""

_KINDS: dict[Outputs, str] = {
    "logits": "logits of a classifier",
    "points": "points of a label space",
    "both": "points of a label space and logits together",
}


@dataclass(frozen=True)
class _Named:
    """A decoder by name.

    Attributes:
        build: From labels and the network's head to the decoder.
        reads: What the head may put out, logits or points.
    """

    build: Callable[[LabelContext, nn.Linear], Decoder]
    reads: tuple[Outputs, ...]


def _both_and_tag_sets(labels: LabelContext, head: nn.Linear, concentration: float) -> Decoder:
    return MeanDecoder(
        both_decoder(labels, head, 0.5), tag_set_decoder(labels, head, concentration)
    )


DECODERS: dict[str, _Named] = {
    "cosine": _Named(lambda labels, _: cosine_decoder(labels.needed_space("cosine")), ("points",)),
    "posterior": _Named(
        lambda labels, _: posterior_decoder(labels, labels.needed_space("posterior")), ("points",)
    ),
    "hamming": _Named(
        lambda labels, _: hamming_decoder(labels.needed_space("hamming")), ("points",)
    ),
    "omp": _Named(lambda labels, _: omp_decoder(labels), ("points",)),
    "logistic": _Named(lambda _, head: logistic_decoder(head), ("logits",)),
    "conse": _Named(conse_decoder, ("logits",)),
    "both": _Named(lambda labels, head: both_decoder(labels, head, 0.5), ("both",)),
    "point": _Named(lambda labels, head: both_decoder(labels, head, 0.0), ("both",)),
    "classifier": _Named(lambda labels, head: both_decoder(labels, head, 1.0), ("both",)),
    **{
        f"tag_sets_{concentration}": _Named(
            partial(tag_set_decoder, concentration=concentration), ("points", "both")
        )
        for concentration in CONCENTRATIONS
    },
    **{
        f"both_and_tag_sets_{concentration}": _Named(
            partial(_both_and_tag_sets, concentration=concentration), ("both",)
        )
        for concentration in CONCENTRATIONS
    },
}


def build_decoder(name: str, labels: LabelContext, head: nn.Linear, *, outputs: Outputs) -> Decoder:
    """The decoder of a name for a trained network.

    Args:
        name: A name of ``DECODERS``.
        labels: The labels, with a space where the decoder needs one.
        head: The network's head.
        outputs: What the head puts out.

    Raises:
        UsageError: If there is no such decoder, it reads something else than the head puts out, or
            it needs a label space and there is none, or one of another kind.
    """
    if name not in DECODERS:
        raise UsageError(f"decoder must be one of {', '.join(DECODERS)}, but got {name!r}")
    reads = DECODERS[name].reads
    if outputs not in reads:
        there = ", ".join(key for key, entry in DECODERS.items() if outputs in entry.reads)
        raise UsageError(
            f"decoder {name!r} reads {' or '.join(_KINDS[kind] for kind in reads)}, and this "
            "network puts out "
            f"{_KINDS[outputs]}; those for it: {there or 'its own alone'}"
        )
    return DECODERS[name].build(labels, head)
