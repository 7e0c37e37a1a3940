"""Search by one product in float32 and NumPy alone: quick to start, for what is soon done."""

import numpy as np

from labelsphere.arrays import BoolArray, DoubleArray, FloatArray, IntArray
from labelsphere.space.nearest.bounds import error_weights, unrounded
from labelsphere.space.nearest.problem import Found, Labels, Points

_SCORES_AT_ONCE = 1 << 22
"""16 MiB of float32, of which a few copies are worked on."""
_COORDINATES_AT_ONCE = 1 << 20
"""8 MiB of float64."""


def search_by_product(points: FloatArray, labels: Labels, rows: IntArray, found: Found) -> None:
    """Find the labels of highest score.

    Args:
        points: (b, k) float32, all points.
        labels: The labels; as many as ``found`` has columns are open, or more.
        rows: Which points to search, int64; none of them zero.
        found: Where to write, for all points.
    """
    count = found.numbers.shape[1]
    step = max(1, _SCORES_AT_ONCE // len(labels.vectors))
    for start in range(0, len(rows), step):
        block = rows[start : start + step]
        part = Points.of(points[block], cosine=labels.cosine)
        at, numbers = (
            pairs.astype(np.int64) for pairs in np.nonzero(_candidates(part, labels, count))
        )
        scores = _exact_scores(part, labels, at, numbers)
        # Numbers rise within a point, and the sort is stable.
        order = np.lexsort((-scores, at))
        first = np.searchsorted(at, np.arange(len(block)))
        best = order[first[:, None] + np.arange(count)]
        found.write(block, numbers[best], scores[best])


def _candidates(points: Points, labels: Labels, count: int) -> BoolArray:
    """(points, labels) bool: those that may be among the ``count`` best, which are among them."""
    if count == len(labels.open):
        return np.broadcast_to(labels.bias > -np.inf, (len(points), len(labels.bias)))
    rounding = unrounded(points.screened)
    norms, weights = error_weights(rounding, labels.rounding, labels.width)
    with np.errstate(over="ignore", invalid="ignore"):  # at unsafe points and labels
        products: FloatArray = points.screened @ labels.vectors.T
        products[:, labels.rounding.unsafe] = 0
        errors = norms[:, None] * weights + np.float32(2.0**-21) * np.abs(products)
        least, most = (products + bias for bias in labels.bias_bounds)
        least -= errors
        most += errors
    column = least.shape[1] - count
    enough = np.partition(least, column, axis=1)[:, column, None]
    candidates: BoolArray = most >= enough
    candidates[rounding.unsafe] = labels.bias > -np.inf
    return candidates


def _exact_scores(points: Points, labels: Labels, at: IntArray, numbers: IntArray) -> DoubleArray:
    """Scores of pairs of a point and a label, each summed in the same order."""
    sums = np.empty(len(at), np.float64)
    step = max(1, _COORDINATES_AT_ONCE // max(1, labels.width))
    for start in range(0, len(at), step):
        pairs = slice(start, start + step)
        terms = points.given[at[pairs]].astype(np.float64)
        terms *= labels.vectors[numbers[pairs]]
        sums[pairs] = terms.sum(axis=1)
    return sums * points.factors[at] + labels.bias[numbers]
