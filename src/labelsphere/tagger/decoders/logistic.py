"""The baseline's decoder: labels by their logits."""

from torch import nn

from labelsphere.tagger.decoders.kind import DecoderKind
from labelsphere.tagger.decoders.linear import LinearDecoder
from labelsphere.tagger.label_context import LabelContext


class LogisticKind(DecoderKind):
    """A classifier's logits: see `logistic_decoder`."""

    description = "the logit of each label"
    reads = ("logits",)

    def terms(
        self,
        labels: LabelContext,  # noqa: ARG002 - the head knows them
        head: nn.Linear,
    ) -> tuple[LinearDecoder]:
        """One term, the logit."""
        return (logistic_decoder(head),)


def logistic_decoder(head: nn.Linear) -> LinearDecoder:
    """Ranks labels by log-odds: the head itself, applied to its own inputs.

    Points are the features that enter the head, so that an evaluation holds
    images × features rather than images × labels.
    """
    return LinearDecoder(
        head.weight.detach().float().clone(), head.bias.detach().float().clone(), features=True
    )
