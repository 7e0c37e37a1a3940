"""The paper's decoder (§3.2): labels by cosine proximity to the predicted point."""

import torch

from labelsphere.space import LabelSpace
from labelsphere.tagger.decoders.linear import LinearDecoder


def cosine_decoder(space: LabelSpace) -> LinearDecoder:
    """Ranks labels by the cosine between their place and the point; scores are in [−1, 1].

    A label without a place, never seen in the annotations that made the space, scores −∞.
    """
    bias = torch.zeros(space.n_labels)
    bias[~torch.from_numpy(space.placed)] = -torch.inf
    return LinearDecoder(torch.from_numpy(space.unit_vectors), bias, normalised=True)
