"""The recommended decoder: log-odds of a classifier and of the tag sets near a point."""

import torch
from torch import Tensor, nn

from labelsphere.tagger.decoders.base import Decoder
from labelsphere.tagger.decoders.kind import DecoderKind
from labelsphere.tagger.decoders.linear import LinearDecoder
from labelsphere.tagger.decoders.prior import log_prior
from labelsphere.tagger.decoders.tag_sets import tag_set_decoder
from labelsphere.tagger.decoders.weights import DecoderWeights
from labelsphere.tagger.label_context import LabelContext

_CONCENTRATION = 20.0
"""κ where there are no validation images to fit it on."""


class SphereKind(DecoderKind):
    """score_c = α·x_c + β·logit P_κ(c | z) + γ·log p(c).

    z are the head's first k outputs, a point of the label space. x_c is a label's own log-odds:
    one of the head's outputs behind the point, where it has one for each label, or else what the
    training made of the point, x_c = z·u_c + log(p(c)/(1 − p(c))). P_κ: see `TagSetDecoder`.

    A label added after the training has no output and is in no tag set. Its score comes from the
    point's log-odds with the weights of `NewLabelWeights`. A new label without an embedding is
    never predicted.
    """

    description = "log-odds of each label and of the tag sets near the network's point"
    reads = ("both", "points")
    uses_tag_sets = True
    concentrations = (2.5, 3.5, 5.0, 7.0, 10.0, 14.0, 20.0, 28.0, 40.0, 56.0, 80.0)

    def terms(self, labels: LabelContext, head: nn.Linear) -> tuple[Decoder, ...]:
        """The labels' own log-odds, and those of the tag sets."""
        sets = tag_set_decoder(labels, head, _CONCENTRATION)
        k = labels.needed_space("sphere").dim
        if head.out_features > k:
            weight, bias = head.weight.detach().float().cpu(), head.bias.detach().float().cpu()
            return _classifier(labels, weight[k:], bias[k:]), sets
        return _point_log_odds(labels, head), sets

    def new_label_term(self, labels: LabelContext, head: nn.Linear) -> LinearDecoder:
        """The point's log-odds; −∞ without an embedding."""
        term = _point_log_odds(labels, head)
        term.bias[~torch.from_numpy(labels.needed_space("sphere").placed)] = -torch.inf
        return term

    def default_weights(self, labels: LabelContext, head: nn.Linear) -> DecoderWeights:  # noqa: ARG002 - the same for all
        """Equal shares of both terms."""
        return DecoderWeights((0.5, 0.5), 0.0, -1.0, _CONCENTRATION)


def _point_log_odds(labels: LabelContext, head: nn.Linear) -> LinearDecoder:
    """z·u_c plus the prior log-odds, from the head's inputs; the prior without an embedding."""
    space = labels.needed_space("sphere")
    units, k = torch.from_numpy(space.unit_vectors), space.dim
    weight, bias = head.weight.detach().float().cpu()[:k], head.bias.detach().float().cpu()[:k]
    prior = log_prior(labels.counts, labels.n_images)
    log_odds = prior - (-prior.expm1()).log()
    return LinearDecoder(units @ weight, units @ bias + log_odds, features=True)


def _classifier(labels: LabelContext, weight: Tensor, bias: Tensor) -> LinearDecoder:
    """The classifier's log-odds of the labels; any of its outputs for those added since."""
    if labels.trained_as is not None:
        rows = torch.from_numpy(labels.trained_as).clamp_min(0)
        weight, bias = weight[rows], bias[rows]
    return LinearDecoder(weight.clone(), bias.clone(), features=True)
