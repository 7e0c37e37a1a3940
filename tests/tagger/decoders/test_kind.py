"""Decoders made of terms and weights, against their formula label by label."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from labelsphere.annotations import Annotations
from labelsphere.errors import UsageError
from labelsphere.tagger.decoders import Decoder, DecoderWeights, LinearDecoder
from labelsphere.tagger.decoders.kind import DecoderKind
from labelsphere.tagger.decoders.weights import NewLabelWeights
from labelsphere.tagger.label_context import LabelContext

RANDOM = torch.manual_seed(0)
POINTS = torch.randn((5, 2), generator=RANDOM)
FIRST, SECOND, NEW = (torch.randn((3, 2), generator=RANDOM) for _ in range(3))
HEAD = nn.Linear(2, 3)
LABELS = LabelContext.of(Annotations.from_lists([["a", "b"], ["a"], ["c", "a"]]))
LOG_PRIOR = np.log((np.array([3, 1, 1]) + 0.5) / 4)


class TwoTerms(DecoderKind):
    """Two fixed terms, and a third for labels that were added later."""

    description = "two fixed terms"
    reads = ("points",)

    def terms(
        self,
        labels: LabelContext,  # noqa: ARG002
        head: nn.Linear,  # noqa: ARG002
    ) -> tuple[Decoder, ...]:
        """Return the terms."""
        return LinearDecoder(FIRST, torch.zeros(3)), LinearDecoder(SECOND, torch.zeros(3))

    def new_label_term(self, labels: LabelContext, head: nn.Linear) -> LinearDecoder | None:  # noqa: ARG002
        """Return the third term."""
        return LinearDecoder(NEW, torch.zeros(3))


def test_scores_are_weighted_terms_and_the_prior() -> None:
    weights = DecoderWeights((0.5, 2.0), 0.7, -0.3, specific_terms=(1.5, 0.25))
    uses = ((False, 0.5, 2.0, 0.7), (True, 1.5, 0.25, -0.3))
    for specific, first, second, gamma in uses:
        scores = TwoTerms().build(LABELS, HEAD, weights, specific=specific).scores(POINTS)
        for row in range(5):
            for label in range(3):
                expected = (
                    first * (POINTS[row] @ FIRST[label]).item()
                    + second * (POINTS[row] @ SECOND[label]).item()
                    + gamma * LOG_PRIOR[label]
                )
                assert scores[row, label].item() == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize(
    ("new", "term", "prior", "offset"),
    [(NewLabelWeights(3.0, 0.2, -1.5), 3.0, 0.2, -1.5), (None, 2.5, 0.7, 0.0)],
)
def test_labels_added_later_have_a_term_of_their_own(
    new: NewLabelWeights | None, term: float, prior: float, offset: float
) -> None:
    labels = replace(LABELS, trained_as=np.array([0, -1, 1]))
    weights = DecoderWeights((0.5, 2.0), 0.7, -0.3, new_labels=new)
    trained = TwoTerms().build(LABELS, HEAD, weights).scores(POINTS)
    for specific, change in ((False, 0.0), (True, -1.0)):  # From γ = 0.7 to -0.3.
        scores = TwoTerms().build(labels, HEAD, weights, specific=specific).scores(POINTS)
        expected = term * (POINTS @ NEW[1]) + (prior + change) * LOG_PRIOR[1] + offset
        torch.testing.assert_close(scores[:, 1], expected, check_dtype=False)
        if not specific:
            torch.testing.assert_close(scores[:, [0, 2]], trained[:, [0, 2]])


def test_weights_of_another_number_of_terms_are_refused() -> None:
    with pytest.raises(UsageError, match="2"):
        TwoTerms().build(LABELS, HEAD)  # The default has a single weight.
