"""The recommended decoder: log-odds of a classifier and of the tag sets near a point."""

from torch import nn

from labelsphere.tagger.decoders.base import Decoder
from labelsphere.tagger.decoders.kind import DecoderKind
from labelsphere.tagger.decoders.linear import LinearDecoder
from labelsphere.tagger.decoders.tag_sets import tag_set_decoder
from labelsphere.tagger.decoders.weights import DecoderWeights
from labelsphere.tagger.label_context import LabelContext


class SphereKind(DecoderKind):
    """score_c = α·o_c + β·logit P_κ(c | z) + γ·log p(c).

    z are the head's first k outputs, a point of the label space; o_c, a label's log-odds, the
    others. A head of k outputs alone has no α. P_κ: see `TagSetDecoder`.
    """

    description = "log-odds of each label and of the tag sets near the network's point"
    reads = ("both", "points")
    concentrations = (5.0, 7.0, 10.0, 14.0, 20.0, 28.0, 40.0)

    def terms(
        self, labels: LabelContext, head: nn.Linear, concentration: float | None = None
    ) -> tuple[Decoder, ...]:
        """The log-odds, where the head has them, and those of the tag sets."""
        kappa = _CONCENTRATION if concentration is None else concentration
        sets = tag_set_decoder(labels, head, kappa)
        k = labels.needed_space("sphere").dim
        if head.out_features == k:
            return (sets,)
        weight, bias = head.weight.detach().float().cpu(), head.bias.detach().float().cpu()
        log_odds = LinearDecoder(weight[k:].clone(), bias[k:].clone(), features=True)
        return (log_odds, sets)

    def default_weights(self, labels: LabelContext, head: nn.Linear) -> DecoderWeights:
        """Equal shares, and κ = 14."""
        n_terms = 1 if head.out_features == labels.needed_space("sphere").dim else 2
        return DecoderWeights((1 / n_terms,) * n_terms, 0.0, -1.0, _CONCENTRATION)


_CONCENTRATION = 14.0
"""κ where there are no validation images to fit it on."""
