"""The decoder of the objective with a prior: information about a tag, and the tag's prior."""

import torch

from labelsphere.space import LabelSpace
from labelsphere.tagger.decoders.linear import LinearDecoder
from labelsphere.tagger.decoders.prior import log_prior
from labelsphere.tagger.label_context import LabelContext


def posterior_decoder(labels: LabelContext, space: LabelSpace) -> LinearDecoder:
    """Ranks labels by z·u_c + log p(c), with u_c the direction of a label's place.

    The product estimates the mutual information of image and label, and posterior = information +
    log prior. With the prior taken off again the order is that of the cosine. A label without a
    place, never seen in the annotations that made the space, scores −∞.

    Args:
        labels: The labels' counts.
        space: Their places.
    """
    bias = log_prior(labels.counts, labels.n_images)
    bias[~torch.from_numpy(space.placed)] = -torch.inf
    return LinearDecoder(torch.from_numpy(space.unit_vectors), bias)
