"""The decoder of the recommended objective: a point and log-odds, read as one."""

from torch import nn

from labelsphere.tagger.decoders.linear import LinearDecoder
from labelsphere.tagger.decoders.posterior import posterior_decoder
from labelsphere.tagger.decoders.prior import log_prior
from labelsphere.tagger.label_context import LabelContext


def both_decoder(labels: LabelContext, head: nn.Linear, share: float) -> LinearDecoder:
    """Ranks labels by (1 − share) · (z·u_c + log p(c)) + share · o_c.

    z are the head's first outputs, a point of the label space; o_c the others, a label's log-odds
    each. The score is linear in what enters the head, so that points are the head's inputs and
    the product is no larger than logistic regression's. A label without a place is read off by
    its prior and its log-odds.

    Args:
        labels: The labels' counts and places.
        head: Puts out k coordinates, then log-odds.
        share: Share of the log-odds, from 0 to 1: 0 reads the point alone, 1 the log-odds alone.

    Raises:
        UsageError: If there is no label space.
    """
    space = labels.needed_space("both")
    units = posterior_decoder(labels, space).vectors
    weight, bias = head.weight.detach().float().cpu(), head.bias.detach().float().cpu()
    k = space.dim
    prior = log_prior(labels.counts, labels.n_images)
    return LinearDecoder(
        (1 - share) * (units @ weight[:k]) + share * weight[k:],
        (1 - share) * (units @ bias[:k] + prior) + share * bias[k:],
        features=True,
    )
