"""The baseline's decoder: labels by their logits."""

from torch import nn

from labelsphere.tagger.decoders.linear import LinearDecoder


def logistic_decoder(head: nn.Linear) -> LinearDecoder:
    """Ranks labels by log-odds: the head itself, applied to its own inputs.

    Points are the features that enter the head, so that an evaluation holds
    images × features rather than images × labels.
    """
    return LinearDecoder(
        head.weight.detach().float().clone(), head.bias.detach().float().clone(), features=True
    )
