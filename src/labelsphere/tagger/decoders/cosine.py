"""The paper's decoder (§3.2): labels by cosine proximity to the predicted point."""

import torch
from torch import nn

from labelsphere.space import LabelSpace
from labelsphere.tagger.decoders.kind import DecoderKind
from labelsphere.tagger.decoders.linear import LinearDecoder
from labelsphere.tagger.label_context import LabelContext


class CosineKind(DecoderKind):
    """The paper's decoder: see `cosine_decoder`."""

    description = "cosine between the network's point and each label's embedding (the paper, §3.2)"
    reads = ("points",)

    def terms(
        self,
        labels: LabelContext,
        head: nn.Linear,  # noqa: ARG002 - embeddings are fixed
    ) -> tuple[LinearDecoder]:
        """One term, the cosine."""
        return (cosine_decoder(labels.needed_space("cosine")),)


def cosine_decoder(space: LabelSpace) -> LinearDecoder:
    """Ranks labels by the cosine between their embedding and the point; scores are in [−1, 1].

    A label without an embedding, never seen in the annotations that made the space, scores −∞.
    """
    bias = torch.zeros(space.n_labels)
    bias[~torch.from_numpy(space.placed)] = -torch.inf
    return LinearDecoder(torch.from_numpy(space.unit_vectors), bias, normalised=True)
