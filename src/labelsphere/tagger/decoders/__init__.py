"""From a network's outputs to ranked labels: one file each, chosen by name.

An objective names the decoder that belongs to it. Any other is a file here and a line in
`DECODERS`.
"""

from torch import nn

from labelsphere.errors import UsageError
from labelsphere.tagger.decoders.base import Decoder
from labelsphere.tagger.decoders.conse import MixtureKind
from labelsphere.tagger.decoders.cosine import CosineKind, cosine_decoder
from labelsphere.tagger.decoders.fitting import MOST_FITTED_IMAGES, fit_weights
from labelsphere.tagger.decoders.hamming import HammingKind
from labelsphere.tagger.decoders.kind import DecoderKind, Outputs
from labelsphere.tagger.decoders.linear import LinearDecoder
from labelsphere.tagger.decoders.logistic import LogisticKind, logistic_decoder
from labelsphere.tagger.decoders.omp import PursuitKind
from labelsphere.tagger.decoders.posterior import PosteriorKind, posterior_decoder
from labelsphere.tagger.decoders.prior import log_prior
from labelsphere.tagger.decoders.sphere import SphereKind
from labelsphere.tagger.decoders.weights import DecoderWeights, NewLabelWeights
from labelsphere.tagger.label_context import LabelContext

__all__ = [
    "DECODERS",
    "MOST_FITTED_IMAGES",
    "Decoder",
    "DecoderKind",
    "DecoderWeights",
    "LinearDecoder",
    "NewLabelWeights",
    "Outputs",
    "build_decoder",
    "cosine_decoder",
    "decoder_name",
    "fit_weights",
    "log_prior",
    "logistic_decoder",
    "posterior_decoder",
    "resolve_decoder",
]

_OUTPUTS: dict[Outputs, str] = {
    "logits": "logits of a classifier",
    "points": "points of a label space",
    "both": "points of a label space and logits together",
}

DECODERS: dict[str, DecoderKind] = {
    "cosine": CosineKind(),
    "posterior": PosteriorKind(),
    "hamming": HammingKind(),
    "omp": PursuitKind(),
    "logistic": LogisticKind(),
    "conse": MixtureKind(),
    "sphere": SphereKind(),
}
"""Decoders by name. Adding one here makes it known to help, errors and model cards."""


_BUILT_IN = frozenset(DECODERS)


def decoder_name(decoder: str | DecoderKind | type[DecoderKind] | None) -> str | None:
    """The name of a decoder; a class or an instance is made known by the name of its class.

    Raises:
        UsageError: If the name of the class is that of a built-in decoder.
    """
    if decoder is None or isinstance(decoder, str):
        return decoder
    kind = decoder if isinstance(decoder, DecoderKind) else decoder()
    for known, entry in DECODERS.items():
        if entry is decoder or (known in _BUILT_IN and type(entry) is decoder):
            return known
    name = type(kind).__name__
    if name in _BUILT_IN:
        raise UsageError(f"{name!r} is a decoder of Labelsphere; give the class another name")
    DECODERS[name] = kind
    return name


def resolve_decoder(
    decoder: str | DecoderKind | type[DecoderKind], outputs: Outputs
) -> DecoderKind:
    """A kind of decoder from its name, its class or an instance.

    Args:
        decoder: A name of `DECODERS`, a subclass of `DecoderKind`, or an instance of one.
        outputs: What the network's head puts out.

    Raises:
        UsageError: If there is no such decoder, or it reads something else.
    """
    if isinstance(decoder, str):
        if decoder not in DECODERS:
            raise UsageError(f"decoder must be one of {', '.join(DECODERS)}, but got {decoder!r}")
        kind = DECODERS[decoder]
    else:
        kind = decoder if isinstance(decoder, DecoderKind) else decoder()
    if outputs not in kind.reads:
        name = repr(decoder) if isinstance(decoder, str) else type(kind).__name__
        fitting = ", ".join(key for key, entry in DECODERS.items() if outputs in entry.reads)
        raise UsageError(
            f"decoder {name} reads {' or '.join(_OUTPUTS[each] for each in kind.reads)}, and this "
            f"network puts out {_OUTPUTS[outputs]}; those for it: {fitting or 'its own alone'}"
        )
    return kind


def build_decoder(name: str, labels: LabelContext, head: nn.Linear, *, outputs: Outputs) -> Decoder:
    """The decoder of a name for a trained network, with its default weights.

    Args:
        name: A name of `DECODERS`.
        labels: The labels, with a space where the decoder needs one.
        head: The network's head.
        outputs: What the head puts out.

    Raises:
        UsageError: If there is no such decoder, it reads something else than the head puts out, or
            it needs a label space and there is none, or one of another method.
    """
    return resolve_decoder(name, outputs).build(labels, head)
