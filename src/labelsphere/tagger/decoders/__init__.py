"""From a network's outputs to ranked tags, one file each."""

from labelsphere.tagger.decoders.cosine import cosine_decoder
from labelsphere.tagger.decoders.linear import LinearDecoder
from labelsphere.tagger.decoders.logistic import logistic_decoder
from labelsphere.tagger.decoders.prior import log_prior

__all__ = ["LinearDecoder", "cosine_decoder", "log_prior", "logistic_decoder"]
