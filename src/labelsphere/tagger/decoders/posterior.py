"""The decoder of the objective with a prior: information about a tag, and the tag's prior."""

import torch
from torch import nn

from labelsphere.space import LabelSpace
from labelsphere.tagger.decoders.kind import DecoderKind
from labelsphere.tagger.decoders.linear import LinearDecoder
from labelsphere.tagger.decoders.prior import log_prior
from labelsphere.tagger.label_context import LabelContext


class PosteriorKind(DecoderKind):
    """Information about a label plus its log prior: see `posterior_decoder`."""

    description = "product of the network's point and a label's direction, plus the log prior"
    reads = ("points",)

    def terms(
        self,
        labels: LabelContext,
        head: nn.Linear,  # noqa: ARG002 - embeddings are fixed
    ) -> tuple[LinearDecoder]:
        """One term: the posterior, up to a constant of the image."""
        return (posterior_decoder(labels, labels.needed_space("posterior")),)


def posterior_decoder(labels: LabelContext, space: LabelSpace) -> LinearDecoder:
    """Ranks labels by z·u_c + log p(c), with u_c the direction of a label's embedding.

    The product estimates the mutual information of image and label, and posterior = information +
    log prior. With the prior taken off again the order is that of the cosine. A label without a
    place, never seen in the annotations that made the space, scores −∞.

    Args:
        labels: The labels' counts.
        space: Their embeddings.
    """
    bias = log_prior(labels.counts, labels.n_images)
    bias[~torch.from_numpy(space.placed)] = -torch.inf
    return LinearDecoder(torch.from_numpy(space.unit_vectors), bias)
