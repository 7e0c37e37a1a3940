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
    """score_c = α·o_c + β·logit P_κ(c | z) + γ·log p(c).

    z are the head's first k outputs, a point of the label space; o_c, a label's log-odds, the
    others. A head of k outputs alone has no α. P_κ: see `TagSetDecoder`.

    A label added after the training has no o_c and is in no tag set. Its score comes from the
    evidence that the training fitted for the labels it knew, x_c = z·u_c + log p(c)/(1 − p(c)),
    with the weights of `NewLabelWeights`. A new label without an embedding is never predicted.
    """

    description = "log-odds of each label and of the tag sets near the network's point"
    reads = ("both", "points")
    uses_tag_sets = True
    concentrations = (2.5, 3.5, 5.0, 7.0, 10.0, 14.0, 20.0, 28.0, 40.0, 56.0, 80.0)

    def terms(
        self, labels: LabelContext, head: nn.Linear, concentration: float | None = None
    ) -> tuple[Decoder, ...]:
        """The log-odds, where the head has them, and those of the tag sets."""
        sets = tag_set_decoder(labels, head, concentration or _CONCENTRATION)
        k = labels.needed_space("sphere").dim
        weight, bias = head.weight.detach().float().cpu(), head.bias.detach().float().cpu()
        terms: list[Decoder] = [sets]
        if head.out_features > k:
            terms.insert(0, _log_odds(labels, weight[k:], bias[k:]))
        return tuple(terms)

    def new_label_term(self, labels: LabelContext, head: nn.Linear) -> LinearDecoder:
        """z·u_c plus the prior log-odds, from the head's inputs; −∞ without an embedding."""
        space = labels.needed_space("sphere")
        units, k = torch.from_numpy(space.unit_vectors), space.dim
        weight, bias = head.weight.detach().float().cpu()[:k], head.bias.detach().float().cpu()[:k]
        prior = log_prior(labels.counts, labels.n_images)
        log_odds = prior - (-prior.expm1()).log()
        log_odds[~torch.from_numpy(space.placed)] = -torch.inf
        return LinearDecoder(units @ weight, units @ bias + log_odds, features=True)

    def default_weights(self, labels: LabelContext, head: nn.Linear) -> DecoderWeights:
        """Equal shares of both terms."""
        n_terms = 1 if head.out_features == labels.needed_space("sphere").dim else 2
        return DecoderWeights((1 / n_terms,) * n_terms, 0.0, -1.0, _CONCENTRATION)


def _log_odds(labels: LabelContext, weight: Tensor, bias: Tensor) -> LinearDecoder:
    """The classifier's log-odds of the labels; any of its outputs for those added since."""
    if labels.trained_as is not None:
        rows = torch.from_numpy(labels.trained_as).clamp_min(0)
        weight, bias = weight[rows], bias[rows]
    return LinearDecoder(weight.clone(), bias.clone(), features=True)
