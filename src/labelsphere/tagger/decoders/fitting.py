"""Weights of a decoder, fitted once on validation images."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.special import logsumexp
from torch import Tensor, nn

from labelsphere.arrays import BoolArray, DoubleArray, IntArray, SparseRows
from labelsphere.errors import DivergedError
from labelsphere.metrics import evaluate
from labelsphere.metrics.scores import DenseScores
from labelsphere.tagger.decoders.base import Decoder
from labelsphere.tagger.decoders.kind import DecoderKind
from labelsphere.tagger.decoders.prior import log_prior
from labelsphere.tagger.decoders.weights import DecoderWeights, NewLabelWeights
from labelsphere.tagger.label_context import LabelContext

MOST_FITTED_IMAGES = 400
"""Validation images that weights are fitted on: a few numbers need no more."""

SPECIFIC_PRIORS = (
    -10.0, -8.0, -6.0, -5.0, -4.0, -3.4, -2.8, -2.3, -1.9, -1.6, -1.3, -1.1, -0.9, -0.75, -0.6,
    -0.5, -0.4, -0.3, -0.2, -0.1, 0.0, 0.1, 0.25, 0.5,
)  # fmt: skip
"""Values of γ to choose from for the use `specific`."""

_CLOSED = -1e30
"""Stands for −∞ in sums."""

_MARGIN = 0.03
"""Relative gain that a single term needs to be used alone for `specific`. On few images, the best
of several gains this much by chance."""

_FOLDS = 5

_PULL = 1.0
"""How many images the defaults count as in the fit: few validation images move little."""


def fit_weights(
    kind: DecoderKind,
    labels: LabelContext,
    head: nn.Linear,
    points: Tensor,
    truth: SparseRows,
    *,
    ranking_only: bool = False,
) -> DecoderWeights:
    """Weights of a decoder's terms and of the prior.

    The terms' weights and γ maximise the listwise log-likelihood of the images' tags,

        mean over images of 1/|C| Σ_{c ∈ C} log softmax_c(Σ_j w_j·term_j + γ·log p),

    which is concave in them. Of the concentrations κ that the decoder has, the one with the highest
    likelihood at γ = 0 is taken: tag sets come with their frequencies, and a negative γ would make
    up for a κ that is too small, which costs precision at the top. All are tried: where small ones
    are worth nothing, the weight of their term is 0 and the likelihood flat.

    For the use `specific`, γ is chosen from a grid for the highest weighted MAP@100 of the same
    images, and one term alone is used where that is better by more than `_MARGIN`. Computed in
    float64. Labels that a term scores −∞ are left out. A ridge, as strong as one image, pulls the
    weights to the defaults.

    Args:
        kind: The decoder.
        labels: The labels.
        head: The trained network's head.
        points: What the decoder reads of the validation images, (images, width) float32.
        truth: Their tags, CSR, images × labels.
        ranking_only: Whether to fit only what ranks the trained labels. Weights for new labels
            and for the use `specific`, which take most of the time, keep their defaults.

    Returns:
        The weights; the defaults where no image has a tag that can be scored.

    Raises:
        DivergedError: If a score is NaN or +∞.
    """
    default = kind.default_weights(labels, head)
    prior = log_prior(labels.counts, labels.n_images).numpy().astype(np.float64)
    decoders = kind.terms(labels, head)
    terms = np.stack([_scores(term, points) for term in decoders])
    start = np.array(default.terms)
    kappa, terms = _best_concentration(kind.concentrations, decoders, terms, points, truth, start)
    pulled_to = np.array([*default.terms, default.prior])
    fitted = _fit(terms, truth, pulled_to, pulled_to, prior)
    if fitted is None:
        return default
    *found, gamma = fitted[1].tolist()
    weights = replace(default, terms=tuple(found), prior=gamma, concentration=kappa)
    if ranking_only:
        return weights
    closed = np.nan_to_num(terms, neginf=_CLOSED)
    scores = np.tensordot(weights.terms, closed, 1)
    direct = kind.new_label_term(labels, head)
    new = None
    if direct is not None:
        new = fit_new_labels(scores, _scores(direct, points), prior, truth, weights)
    own, gamma = fit_specific(weights.terms, closed, prior, truth, labels)
    return replace(weights, specific_terms=own, specific_prior=gamma, new_labels=new)


def fit_new_labels(
    scores: DoubleArray,
    direct: DoubleArray,
    prior: DoubleArray,
    truth: SparseRows,
    weights: DecoderWeights,
) -> NewLabelWeights:
    """Fit the weights for labels that were added after the training, on the trained ones.

    A fifth of the labels at a time gets the scores of new labels, w · x_c + γ · log p(c) + δ,
    while the others keep theirs; (w, γ, δ) maximise the listwise likelihood summed over the five
    fifths. New labels then compete with the others as they should.

    Args:
        scores: Scores without the prior, (images, labels).
        direct: x_c, (images, labels).
        prior: log p(c), (labels,).
        truth: CSR, images × labels.
        weights: The fitted weights, where the search starts.
    """
    # Tagging never fits anything: not imported with the module.
    from scipy.optimize import minimize

    scores = scores + weights.prior * prior
    possible: BoolArray = np.isfinite(direct) & (scores > _CLOSED)
    share = _shares(truth, possible)
    used = share.sum(axis=1) > 0
    scores, direct, share = scores[used], direct[used], share[used]
    direct = np.where(possible[used], direct, 0.0)
    scores = np.where(possible[used], scores, _CLOSED)
    fold = np.random.default_rng(0).integers(0, _FOLDS, len(prior))
    default = np.array([sum(weights.terms), weights.prior, 0.0])

    def loss(tried: DoubleArray) -> tuple[float, DoubleArray]:
        total, slope = 0.0, np.zeros(3)
        new = tried[0] * direct + tried[1] * prior + tried[2]
        new = np.where(scores > _CLOSED, new, _CLOSED)
        for number in range(_FOLDS):
            replaced = fold == number
            mixed = np.where(replaced, new, scores)
            surprise = mixed - logsumexp(mixed, axis=1, keepdims=True)
            total -= float((share * surprise).sum())
            excess = np.where(replaced, np.exp(surprise) - share, 0.0)
            by_label = excess.sum(axis=0)
            slope += ((excess * direct).sum(), by_label @ prior, by_label.sum())
        moved = tried - default
        return (
            total / len(share) + 0.5 * _PULL / len(share) * float(moved @ moved),
            slope / len(share) + _PULL / len(share) * moved,
        )

    bounds = [(0.0, None), (None, None), (None, None)]
    if not len(share):
        return NewLabelWeights(*default.tolist())
    found = minimize(loss, default, jac=True, method="L-BFGS-B", bounds=bounds)
    return NewLabelWeights(*np.asarray(found.x, np.float64).tolist())


def fit_specific(
    fitted: tuple[float, ...],
    terms: DoubleArray,
    prior: DoubleArray,
    truth: SparseRows,
    labels: LabelContext,
) -> tuple[tuple[float, ...] | None, float]:
    """Weights of the terms and of the prior for the use `specific`, by weighted MAP@100.

    Args:
        fitted: The weights for the default use.
        terms: (terms, images, labels), without the prior.
        prior: log p(c), (labels,).
        truth: CSR, images × labels.
        labels: The labels.

    Returns:
        The weights of the terms, None for the fitted ones, and the γ of `SPECIFIC_PRIORS` with
        the highest weighted MAP@100, of equal ones the one nearest to 0.
    """
    counts: IntArray = labels.counts

    def best(weights: tuple[float, ...]) -> tuple[float, float]:
        scores = np.tensordot(weights, terms, 1)

        def quality(gamma: float) -> float:
            moved = np.asarray(scores + gamma * prior, np.float32)
            found = evaluate(DenseScores(moved), truth, label_counts=counts, per_class=False)
            return found.values["weighted_map@100"]

        return max(
            ((quality(gamma), gamma) for gamma in SPECIFIC_PRIORS),
            key=lambda found: (found[0], -abs(found[1])),
        )

    value, gamma = best(fitted)
    own = None
    if len(fitted) > 1:
        least = (1 + _MARGIN) * value
        for single in np.eye(len(fitted)) * sum(fitted):
            alone = tuple(single.tolist())
            tried = best(alone)
            if tried[0] > least:
                own, (least, gamma) = alone, tried
    return own, gamma


def _scores(decoder: Decoder, points: Tensor) -> DoubleArray:
    """Scores of a decoder, (images, labels) float64."""
    found: DoubleArray = decoder.to(points.device).scores(points).cpu().numpy().astype(np.float64)
    return found


def _best_concentration(
    concentrations: Sequence[float],
    decoders: Sequence[Decoder],
    terms: DoubleArray,
    points: Tensor,
    truth: SparseRows,
    default: DoubleArray,
) -> tuple[float | None, DoubleArray]:
    """The κ with the highest likelihood without a prior, and the terms' scores with it.

    Args:
        concentrations: Values of κ to choose from; with none, the terms stay.
        decoders: The terms.
        terms: Their scores, (terms, images, labels).
        points: As in `fit_weights`.
        truth: As in `fit_weights`.
        default: Where the ridge pulls the weights to, (terms,).
    """
    least, best, start = np.inf, None, default
    chosen = terms
    for kappa in concentrations:
        moved = [term.with_concentration(kappa) for term in decoders]
        # Terms without a κ are not scored again: that was a third of the fit's time.
        scores = np.stack(
            [
                known if term is decoder else _scores(term, points)
                for known, term, decoder in zip(terms, moved, decoders, strict=True)
            ]
        )
        fitted = _fit(scores, truth, start, default)
        if fitted is None:
            break
        loss, start = fitted
        if loss < least:
            least, best, chosen = loss, kappa, scores
    return best, chosen


def _fit(
    terms: DoubleArray,
    truth: SparseRows,
    start: DoubleArray,
    default: DoubleArray,
    prior: DoubleArray | None = None,
) -> tuple[float, DoubleArray] | None:
    """The least loss in nats and the weights there; None where nothing can be fitted.

    Args:
        terms: (terms, images, labels); their weights are 0 or more.
        truth: CSR, images × labels.
        start: Where to start from: a weight for each term, and for the prior if there is one.
        default: Where the ridge pulls to, as ``start``.
        prior: A further term, the same for all images, with a weight of either sign, (labels,).
    """
    # Tagging never fits anything: not imported with the module.
    from scipy.optimize import minimize

    if not (terms < np.inf).all():  # NaN is below nothing.
        raise DivergedError(
            "the training has diverged: the decoder's scores are not finite; lower the rate"
        )
    bounds: list[tuple[float | None, None]] = [(0.0, None)] * len(terms)
    if prior is not None:
        terms = np.stack([*terms, np.broadcast_to(prior, terms[0].shape)])
        bounds.append((None, None))
    possible: BoolArray = np.all(terms > -np.inf, axis=0)
    share = _shares(truth, possible)
    used = share.sum(axis=1) > 0
    if not used.any():
        return None
    terms, share, possible = terms[:, used], share[used], possible[used]
    terms = np.where(possible, terms, 0.0)
    closed = np.where(possible, 0.0, -np.inf)
    n_images = len(share)
    spread = np.array([float(term[possible].var()) for term in terms])
    wanted = np.einsum("jnc,nc->j", terms, share) / n_images

    def loss(weights: DoubleArray) -> tuple[float, DoubleArray]:
        scores = np.tensordot(weights, terms, 1) + closed
        highest = scores.max(axis=1, keepdims=True)
        likely = np.exp(scores - highest)
        total = likely.sum(axis=1, keepdims=True)
        likely /= total
        moved = weights - default
        pull = _PULL / n_images * spread
        value = float((np.log(total) + highest).mean() - weights @ wanted)
        slope = np.einsum("jnc,nc->j", terms, likely) / n_images - wanted
        return value + 0.5 * float(pull @ moved**2), slope + pull * moved

    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    return float(found.fun), np.asarray(found.x, np.float64)


def _shares(truth: SparseRows, possible: BoolArray) -> DoubleArray:
    """Equal shares for an image's tags that can be scored, (images, labels); images are few."""
    present = (truth.toarray() != 0) & possible
    tags = present.sum(axis=1, keepdims=True)
    return np.asarray(present / np.maximum(tags, 1), np.float64)
