"""A kind of decoder: an entry of the registry `DECODERS`."""

from abc import ABC, abstractmethod
from typing import ClassVar, Literal

import torch
from torch import nn

from labelsphere.tagger.decoders.base import Decoder
from labelsphere.tagger.decoders.linear import LinearDecoder
from labelsphere.tagger.decoders.prior import log_prior
from labelsphere.tagger.decoders.replaced import ReplacedDecoder
from labelsphere.tagger.decoders.weighted import weighted_sum
from labelsphere.tagger.decoders.weights import DecoderWeights, NewLabelWeights
from labelsphere.tagger.label_context import LabelContext

Outputs = Literal["logits", "points", "both"]
"""What a network's head puts out: logits of the labels, points of a label space, or both."""


class DecoderKind(ABC):
    """How a decoder is made for a trained network.

    The score of a label is Σ_j w_j · term_j + γ · log p(c). A subclass names its terms; their
    weights come from `labelsphere.tagger.decoders.fit_weights` or are the defaults.

    Attributes:
        description: One line for help, errors and model cards.
        reads: What the network's head may put out.
        uses_tag_sets: Whether it needs `LabelContext.tag_sets`.
        concentrations: Values of κ to choose from; empty for decoders without one.
    """

    description: ClassVar[str]
    reads: ClassVar[tuple[Outputs, ...]]
    uses_tag_sets: ClassVar[bool] = False
    concentrations: ClassVar[tuple[float, ...]] = ()

    @abstractmethod
    def terms(self, labels: LabelContext, head: nn.Linear) -> tuple[Decoder, ...]:
        """The terms as decoders of the same points, on the processor.

        Args:
            labels: The labels, with a label space where the decoder needs one.
            head: The network's head.

        Raises:
            UsageError: If the decoder needs a label space and there is none, or one of another
                method.
        """

    def new_label_term(self, labels: LabelContext, head: nn.Linear) -> LinearDecoder | None:  # noqa: ARG002
        """What scores a label that the network was not trained on; None if `terms` do."""
        return None

    def default_weights(self, labels: LabelContext, head: nn.Linear) -> DecoderWeights:  # noqa: ARG002 - for subclasses
        """Weights for taggers that were trained without validation images."""
        return DecoderWeights()

    def build(
        self,
        labels: LabelContext,
        head: nn.Linear,
        weights: DecoderWeights | None = None,
        *,
        specific: bool = False,
    ) -> Decoder:
        """The decoder of a trained network, on the processor.

        Args:
            labels: The labels.
            head: The network's head.
            weights: Of the terms and the prior; the defaults if None.
            specific: Which of the two uses to take the weights of, see `DecoderWeights`.

        Raises:
            UsageError: As `terms`, or if the weights are for another number of terms.
        """
        if weights is None:
            weights = self.default_weights(labels, head)
        with torch.no_grad():
            terms = self.terms(labels, head)
            if weights.concentration is not None:
                terms = tuple(term.with_concentration(weights.concentration) for term in terms)
            prior = log_prior(labels.counts, labels.n_images)
            gamma = weights.prior_for(specific=specific)
            decoder = weighted_sum(terms, weights.terms_for(specific=specific), gamma * prior)
            untrained = torch.from_numpy(labels.untrained)
            direct = self.new_label_term(labels, head) if untrained.any() else None
            if direct is None:
                return decoder
            new = weights.new_labels
            if new is None:
                new = NewLabelWeights(sum(weights.terms), weights.prior, 0.0)
            bias = (new.prior + gamma - weights.prior) * prior + new.offset
            return ReplacedDecoder(decoder, direct.scaled(new.term).plus(bias), untrained)
