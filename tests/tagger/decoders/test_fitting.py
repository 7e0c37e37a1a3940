"""Fitted weights: a planted answer, and a grid searched by hand."""

import numpy as np
import pytest
import torch
from scipy.sparse import csr_array
from scipy.special import log_softmax

from labelsphere.annotations import Vocabulary
from labelsphere.errors import DivergedError
from labelsphere.metrics import evaluate
from labelsphere.metrics.scores import DenseScores
from labelsphere.tagger.decoders import DECODERS, DecoderKind, DecoderWeights, fit_weights
from labelsphere.tagger.decoders.base import Decoder
from labelsphere.tagger.decoders.fitting import SPECIFIC_PRIORS, fit_new_labels, fit_specific
from labelsphere.tagger.decoders.linear import LinearDecoder
from labelsphere.tagger.label_context import LabelContext

LABELS, IMAGES = 12, 3000
RANDOM = np.random.default_rng(0)
COUNTS = RANDOM.integers(1, 400, LABELS)
CONTEXT = LabelContext(Vocabulary([f"tag {i}" for i in range(LABELS)]), COUNTS, 1000)
PRIOR = np.log((COUNTS + 0.5) / 1001)


class TwoTerms(DecoderKind):
    """Halves of the points as two terms; the second is scaled by a concentration."""

    description = "two products"
    reads = ("logits",)
    concentrations = (0.5, 1.0, 2.0)

    def terms(
        self,
        labels: LabelContext,  # noqa: ARG002
        head: torch.nn.Linear,  # noqa: ARG002
    ) -> tuple[Decoder, ...]:
        one, none = torch.eye(LABELS), torch.zeros((LABELS, LABELS))
        # A saturating term, so that no weight can stand in for the concentration.
        first = LinearDecoder(torch.hstack([one, none]), torch.zeros(LABELS), features=True)
        return (first, Saturating(1.0))

    def default_weights(self, *_: object) -> DecoderWeights:
        return DecoderWeights((0.5, 0.5), 0.0, -1.0, 1.0)


class Saturating(Decoder):
    """tanh(κ · second half)."""

    features = True
    n_labels = LABELS

    def __init__(self, kappa: float) -> None:
        self.kappa = kappa

    def to(self, device: torch.device) -> "Saturating":  # noqa: ARG002
        return self

    def plus(self, bias: torch.Tensor) -> "Saturating":
        raise NotImplementedError

    def with_concentration(self, concentration: float) -> "Saturating":
        return Saturating(concentration)

    def scores(self, points: torch.Tensor, start: int = 0, stop: int | None = None) -> torch.Tensor:
        return torch.tanh(self.kappa * points[:, LABELS:])[:, start:stop]


def drawn(scores: np.ndarray) -> csr_array:
    """One tag an image, drawn from the softmax of scores."""
    likely = np.exp(log_softmax(scores, axis=1)).cumsum(axis=1)
    tags = (RANDOM.random((len(scores), 1)) > likely).sum(axis=1).clip(max=LABELS - 1)
    return csr_array(
        (np.ones(len(tags)), tags, np.arange(len(tags) + 1)), shape=(len(tags), LABELS)
    )


def test_finds_the_weights_that_the_tags_were_drawn_with() -> None:
    points = RANDOM.normal(size=(IMAGES, 2 * LABELS)).astype(np.float32)
    scores = 0.8 * points[:, :LABELS] + 2.5 * np.tanh(2 * points[:, LABELS:]) + 0.6 * PRIOR
    head = torch.nn.Linear(1, 1)
    found = fit_weights(TwoTerms(), CONTEXT, head, torch.from_numpy(points), drawn(scores))
    assert found.concentration == 2.0
    np.testing.assert_allclose(found.terms, (0.8, 2.5), rtol=0.1)
    np.testing.assert_allclose(found.prior, 0.6, atol=0.1)


def test_a_term_that_misleads_gets_no_weight_and_few_images_move_little() -> None:
    points = RANDOM.normal(size=(IMAGES, 2 * LABELS)).astype(np.float32)
    scores = 0.8 * points[:, :LABELS] - 2 * np.tanh(points[:, LABELS:])
    truth, head = drawn(scores), torch.nn.Linear(1, 1)
    found = fit_weights(TwoTerms(), CONTEXT, head, torch.from_numpy(points), truth)
    assert found.terms[1] == 0
    one = fit_weights(TwoTerms(), CONTEXT, head, torch.from_numpy(points[:1]), truth[[0]])
    np.testing.assert_allclose(one.terms, (0.5, 0.5), atol=0.6)


def test_what_ranks_trained_labels_can_be_fitted_alone() -> None:
    points = torch.from_numpy(RANDOM.normal(size=(50, 2 * LABELS)).astype(np.float32))
    truth, head = drawn(2.0 * points[:, :LABELS].numpy()), torch.nn.Linear(1, 1)
    whole = fit_weights(TwoTerms(), CONTEXT, head, points, truth)
    alone = fit_weights(TwoTerms(), CONTEXT, head, points, truth, ranking_only=True)
    assert (alone.terms, alone.prior) == (whole.terms, whole.prior)
    assert alone.concentration == whole.concentration
    default = TwoTerms().default_weights(CONTEXT, head)
    assert (alone.specific_prior, alone.new_labels) == (default.specific_prior, default.new_labels)
    assert whole.specific_prior != default.specific_prior


@pytest.mark.parametrize("noise", [0.2, 4.0])
def test_the_specific_use_reads_one_term_where_that_is_clearly_better(noise: float) -> None:
    random, n_labels = np.random.default_rng(1), 150
    counts = random.integers(1, 400, n_labels)
    names = Vocabulary([f"tag {i}" for i in range(n_labels)])
    prior = np.log((counts + 0.5) / 1001)
    truth = csr_array((random.random((80, n_labels)) < 0.03).astype(np.float64))
    knowing = 4 * truth.toarray() + random.normal(size=truth.shape)
    terms, fitted = np.stack([knowing, noise * random.normal(size=truth.shape)]), (0.5, 0.6)

    def best(weights: tuple[float, ...]) -> tuple[float, float]:
        scores = weights[0] * terms[0] + weights[1] * terms[1]
        return max(
            (
                evaluate(
                    DenseScores((scores + gamma * prior).astype(np.float32)),
                    truth,
                    label_counts=counts,
                    per_class=False,
                ).values["weighted_map@100"],
                -abs(gamma),
                gamma,
            )
            for gamma in SPECIFIC_PRIORS
        )[::2]

    clearly = best((1.1, 0.0))[0] > 1.03 * best(fitted)[0]
    assert clearly == (noise > 1)
    assert best((0.0, 1.1))[0] < best(fitted)[0]
    own, gamma = fit_specific(fitted, terms, prior, truth, LabelContext(names, counts, 1000))
    assert own == (pytest.approx((1.1, 0.0)) if clearly else None)
    assert gamma == best(own or fitted)[1]


def test_the_specific_prior_is_the_best_of_its_grid() -> None:
    head = torch.nn.Linear(5, LABELS)
    points = torch.randn((60, 5), generator=torch.manual_seed(3))
    logits = head(points).detach().numpy()
    truth = drawn(3 * logits + PRIOR)
    found = fit_weights(DECODERS["logistic"], CONTEXT, head, points, truth)

    def quality(gamma: float) -> float:
        scores = DenseScores(found.terms[0] * logits + gamma * PRIOR)
        values = evaluate(scores, truth, label_counts=COUNTS, per_class=False).values
        return values["weighted_map@100"]

    best = max(quality(gamma) for gamma in SPECIFIC_PRIORS)
    np.testing.assert_allclose(quality(found.specific_prior), best, rtol=1e-4)
    decoder = DECODERS["logistic"].build(CONTEXT, head, found, specific=True)
    expected = found.terms[0] * logits + found.specific_prior * PRIOR
    np.testing.assert_allclose(decoder.scores(points), expected, rtol=1e-4, atol=1e-4)


def test_without_a_tag_that_can_be_scored_the_defaults_stay() -> None:
    head, kind = torch.nn.Linear(5, LABELS), DECODERS["logistic"]
    nothing = csr_array((0, LABELS))
    assert fit_weights(kind, CONTEXT, head, torch.zeros((0, 5)), nothing) == DecoderWeights()
    untagged = csr_array((4, LABELS))
    assert fit_weights(kind, CONTEXT, head, torch.zeros((4, 5)), untagged) == DecoderWeights()


def test_scores_that_are_no_numbers_are_refused() -> None:
    points = torch.full((2, 5), torch.nan)
    with pytest.raises(DivergedError, match="not finite"):
        fit_weights(
            DECODERS["logistic"],
            CONTEXT,
            torch.nn.Linear(5, LABELS),
            points,
            csr_array((2, LABELS)),
        )


def test_new_labels_get_the_weights_that_make_them_like_the_others() -> None:
    scores = RANDOM.normal(size=(IMAGES, LABELS))
    truth = drawn(scores + 0.5 * PRIOR)
    # What scores new labels is the same evidence in another unit and without its prior.
    direct = 4 * scores - 2 * PRIOR + 3
    found = fit_new_labels(scores, direct, PRIOR, truth, DecoderWeights((1.0,), 0.5))
    np.testing.assert_allclose(found.term, 0.25, atol=0.03)
    np.testing.assert_allclose(found.prior, 1.0, atol=0.1)
    np.testing.assert_allclose(found.offset, -0.75, atol=0.25)


def test_new_labels_that_cannot_be_scored_leave_the_defaults() -> None:
    closed = np.full((3, LABELS), -np.inf)
    truth = drawn(np.zeros((3, LABELS)))
    found = fit_new_labels(np.zeros((3, LABELS)), closed, PRIOR, truth, DecoderWeights((0.3, 0.4)))
    assert (found.term, found.prior, found.offset) == (0.7, 0.0, 0.0)


class LateSaturating(Saturating):
    """Misleads at concentrations below 4."""

    def with_concentration(self, concentration: float) -> Saturating:
        return Saturating(concentration if concentration >= 4 else -concentration)


class LateTerm(TwoTerms):
    """Concentrations below 4 are worth nothing."""

    concentrations = (1.0, 1.5, 2.0, 2.5, 4.0)

    def terms(self, labels: LabelContext, head: torch.nn.Linear) -> tuple[Decoder, ...]:
        first, _ = super().terms(labels, head)
        return (first, LateSaturating(1.0))


def test_concentrations_that_are_worth_nothing_do_not_end_the_search() -> None:
    points = RANDOM.normal(size=(IMAGES // 5, 2 * LABELS)).astype(np.float32)
    truth = drawn(2.5 * np.tanh(4 * points[:, LABELS:]))
    found = fit_weights(LateTerm(), CONTEXT, torch.nn.Linear(1, 1), torch.from_numpy(points), truth)
    assert found.concentration == 4.0
    assert found.terms[1] > 1
