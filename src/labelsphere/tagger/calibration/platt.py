"""Platt scaling with a bias per label that is shrunk towards its frequency bucket.

The log-odds of a pair are an increasing, piecewise linear function of its raw score, plus a weight
times the level of its image (`labelsphere.tagger.calibration.pairs.level_of`), plus the bias of its
label. The weight differs between low and high scores. The labels of a frequency bucket share slopes
and weights. The biases of a bucket's labels have a normal prior whose mean and width are estimated
(empirical Bayes): labels with many positives get their own bias, labels with few get the bucket's.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from labelsphere.arrays import BoolArray, DoubleArray, IntArray
from labelsphere.tagger.calibration.pairs import Pairs

_BENDS = (0.5, 0.75, 0.9)
"""Quantiles of the positives' scores at which the slope changes."""

_SLOPE_SPREAD = (1.0, 0.3)
"""Standard deviation of the prior of slopes, relative to its mean: of all labels from a single
slope, and of a bucket from all labels."""

_LEVEL_SPREAD = (1.0, 0.2)
"""Standard deviation of the prior of the level's weight, absolute."""

_BIAS_SPREAD = 2.0
"""Standard deviation of the prior of a bucket's mean bias, in log-odds."""

_LEAST_VARIANCE = 1e-3
_STEPS = 40
_TOLERANCE = 1e-3


@dataclass(frozen=True, eq=False)
class PlattScaling:
    """Platt scaling of each label, float64.

    Attributes:
        bends: (labels, bends) scores at which the slope changes, increasing.
        slopes: (labels, bends + 1) slopes below, between and above the bends; not negative.
        level: (labels,) weight of the image's level up to the first bend.
        level_above: (labels,) linear change of the weight from the first bend to the second.
        bias: (labels,) log-odds at the first bend.
        bucket_bias: (labels,) mean bias of the label's bucket.
    """

    bends: DoubleArray
    slopes: DoubleArray
    level: DoubleArray
    level_above: DoubleArray
    bias: DoubleArray
    bucket_bias: DoubleArray

    def log_odds(
        self, scores: DoubleArray, levels: DoubleArray, labels: IntArray | slice
    ) -> DoubleArray:
        """Compute log-odds of scores.

        Args:
            scores: Raw scores of any shape that the labels' arrays broadcast to; −∞ stays −∞.
            levels: Level of each score's image, broadcastable.
            labels: Label of each score.
        """
        finite = np.where(np.isneginf(scores), 0.0, scores)
        bends = self.bends[labels]
        weight = self.level[labels] + self.level_above[labels] * _rise(finite, bends)
        odds = weight * levels + self.bias[labels]
        for number, part in enumerate(_segments(finite, bends)):
            odds = odds + self.slopes[labels, number] * part
        result: DoubleArray = np.where(np.isneginf(scores), -np.inf, odds)
        return result

    def take(self, labels: IntArray) -> "PlattScaling":
        """Select the scaling of labels by index."""
        return PlattScaling(
            self.bends[labels],
            self.slopes[labels],
            self.level[labels],
            self.level_above[labels],
            self.bias[labels],
            self.bucket_bias[labels],
        )


def fit_platt(
    pairs: Pairs, levels: DoubleArray, buckets: Iterable[BoolArray], scale: float
) -> PlattScaling:
    """Fit the scaling of each bucket's labels.

    Args:
        pairs: Scored pairs, at least one of them positive.
        levels: (images,) level of each image.
        buckets: (labels,) masks; each label is in one.
        scale: Slope of plain Platt scaling, see `fit_scale`.
    """
    n = pairs.n_labels
    one = _plain(scale)
    whole = _fit_bucket(pairs, levels, np.zeros(n, np.int64), one, first=True)
    made = PlattScaling(
        np.zeros((n, len(_BENDS))),
        np.zeros((n, len(_BENDS) + 1)),
        *(np.zeros(n) for _ in range(4)),
    )
    for mask in buckets:
        numbers = np.cumsum(mask) - 1
        some = pairs.where(mask[pairs.label])
        found = _fit_bucket(some, levels, numbers, whole, first=False)
        made.bends[mask] = found.bends
        made.slopes[mask] = found.weights[:-2]
        made.level[mask], made.level_above[mask] = found.weights[-2:]
        made.bias[mask] = found.biases[: int(mask.sum())]
        made.bucket_bias[mask] = found.mean
    return made


def fit_scale(pairs: Pairs) -> float:
    """Fit the slope of plain Platt scaling over all pairs, without levels; at least 1e-6.

    Fits two parameters by Newton's method, with scores in units of their standard deviation.
    """
    total = pairs.weight.sum()
    center = float(pairs.weight @ pairs.score / total)
    spread = float(np.sqrt(pairs.weight @ (pairs.score - center) ** 2 / total)) or 1.0
    design = np.stack([(pairs.score - center) / spread, np.ones(len(pairs.score))])
    values = np.array([1.0, np.log((pairs.weight @ pairs.positive + 0.5) / total)])
    for _ in range(_STEPS):
        likely = expit(values @ design)
        slope = design @ (pairs.weight * (pairs.positive - likely)) - 1e-3 * values
        bent = (design * (pairs.weight * likely * (1 - likely))) @ design.T + 1e-3 * np.eye(2)
        step = np.clip(np.linalg.solve(bent, slope), -1, 1)
        values = values + step
        if np.abs(step).max() < _TOLERANCE:
            break
    return float(max(values[0], 1e-6) / spread)


@dataclass(frozen=True, eq=False)
class _Bucket:
    """Parameters of one bucket; the last two weights are those of the level."""

    bends: DoubleArray
    weights: DoubleArray
    biases: DoubleArray
    mean: float


def _plain(scale: float) -> _Bucket:
    """Return initial parameters of all labels: a straight line."""
    weights = np.append(np.full(len(_BENDS) + 1, scale), [0.0, 0.0])
    return _Bucket(np.zeros(len(_BENDS)), weights, np.zeros(1), 0.0)


def _segments(scores: DoubleArray, bends: DoubleArray) -> list[DoubleArray]:
    """Split a score's distance from the first bend into below, between and above the bends."""
    count = bends.shape[-1]
    parts = [np.minimum(scores - bends[..., 0], 0.0)]
    for number in range(count - 1):
        width = bends[..., number + 1] - bends[..., number]
        parts.append(np.clip(scores - bends[..., number], 0.0, width))
    parts.append(np.maximum(scores - bends[..., -1], 0.0))
    return parts


def _rise(scores: DoubleArray, bends: DoubleArray) -> DoubleArray:
    """Return 0 up to the first bend, 1 from the second on, linear between."""
    width = np.maximum(bends[..., 1] - bends[..., 0], 1e-12)
    rise: DoubleArray = np.clip((scores - bends[..., 0]) / width, 0.0, 1.0)
    return rise


def _fit_bucket(
    pairs: Pairs, levels: DoubleArray, numbers: IntArray, prior: _Bucket, *, first: bool
) -> _Bucket:
    """Maximise the penalised likelihood by Newton's method, eliminating the biases in each step.

    Args:
        pairs: Pairs of the bucket's labels.
        levels: (images,) level of each image.
        numbers: (all labels,) number within the bucket of each of its labels.
        prior: Prior of the slopes: a straight line, or the fit of all labels together.
        first: Whether this is the fit of all labels together, with one bias.
    """
    number = numbers[pairs.label]
    count = int(numbers.max(initial=0)) + 1
    bends = _bends(pairs, prior.bends)
    level = levels[pairs.image]
    design = np.stack([*_segments(pairs.score, bends), level, level * _rise(pairs.score, bends)])
    target, weight = pairs.positive.astype(np.float64), pairs.weight
    stage = 0 if first else 1
    spread = np.append(
        _SLOPE_SPREAD[stage] * np.maximum(np.abs(prior.weights[:-2]), 1e-9),
        [_LEVEL_SPREAD[stage]] * 2,
    )
    precision = spread**-2.0
    if first:
        rate = (weight @ target + 0.5) / (weight.sum() + 1)
        mean = float(np.log(rate / (1 - rate)))
    else:
        mean = prior.mean + float(_line(bends[0], prior))
    mean_center, values, biases, variance = mean, prior.weights.copy(), np.full(count, mean), 0.1
    for _ in range(_STEPS):
        likely = expit(values @ design + biases[number])
        curve = weight * likely * (1 - likely)
        miss = weight * (target - likely)
        held = 0.0 if first else 1 / variance
        steep = np.bincount(number, curve, count) + held + 1e-9
        bias_slope = np.bincount(number, miss, count) - held * (biases - mean)
        cross = np.stack([np.bincount(number, curve * row, count) for row in design])
        slope = design @ miss - precision * (values - prior.weights)
        bent = (design * curve) @ design.T + np.diag(precision)
        reduced = bent - (cross / steep) @ cross.T
        step = np.linalg.solve(reduced, slope - cross @ (bias_slope / steep))
        bias_step = (bias_slope - cross.T @ step) / steep
        # Far from the optimum a full step would overshoot: limit the change of log-odds to 2.
        largest = np.abs(step @ design + bias_step[number]).max(initial=1e-12)
        share = min(1.0, 2.0 / largest)
        values, biases = values + share * step, biases + share * bias_step
        moved = 0.0
        if not first:
            prior_weight = 1 / _BIAS_SPREAD**2
            mean = biases.sum() / variance + mean_center * prior_weight
            mean /= count / variance + prior_weight
            wider = max(float(np.mean((biases - mean) ** 2 + 1 / steep)), _LEAST_VARIANCE)
            moved, variance = abs(wider / variance - 1), wider
        if largest < _TOLERANCE * 10 and moved < 0.02:
            break
    values[:-2] = np.maximum(values[:-2], 0.0)
    # Where the level's weight changes, log-odds must not decrease at any level.
    most = values[1] * (bends[1] - bends[0]) / max(np.abs(levels).max(initial=0.0), 1e-12)
    values[-1] = np.clip(values[-1], -most, most)
    return _Bucket(bends, values, biases, float(biases[0] if first else mean))


def _bends(pairs: Pairs, others: DoubleArray) -> DoubleArray:
    """Return quantiles of the positives' scores, or the default bends without positives."""
    positives = pairs.score[pairs.positive]
    if not len(positives):
        return others
    bends: DoubleArray = np.quantile(positives, _BENDS)
    return bends


def _line(score: float, bucket: _Bucket) -> float:
    """Evaluate a bucket's line at a score, relative to its first bend."""
    parts = _segments(np.array(score), bucket.bends)
    return float(sum(w * part for w, part in zip(bucket.weights[:-2], parts, strict=True)))
