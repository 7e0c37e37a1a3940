"""Exact nearest labels by cosine proximity, in blocks of points."""

import numpy as np

from labelsphere.arrays import BoolArray, FloatArray, IntArray
from labelsphere.errors import UsageError

_PROXIMITIES_AT_ONCE = 1 << 24
"""64 MiB of float32."""


def with_unit_rows(vectors: FloatArray) -> FloatArray:
    """Each row over its Euclidean norm, float32; zero rows stay zero."""
    norms = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))[:, None]
    unit = np.zeros_like(vectors, np.float32)
    np.divide(vectors, norms, out=unit, where=norms > 0, casting="same_kind")
    return unit


def nearest_rows(
    points: FloatArray, unit_vectors: FloatArray, candidates: BoolArray, top: int
) -> tuple[IntArray, FloatArray]:
    """The ``top`` candidates of largest cosine to each point, best first, ties by row number.

    Args:
        points: (b, k) float32; any norm. A zero point is at proximity 0 to everything.
        unit_vectors: (n, k) float32, rows of unit norm.
        candidates: (n,) bool: the rows that may be returned.
        top: How many, at least 1; fewer come back where there are fewer candidates.

    Returns:
        Row numbers (b, t) int64 and proximities (b, t) float32, t = min(top, candidates).

    Raises:
        UsageError: If ``top`` is below 1, or the points are of another width or not finite.
    """
    if top < 1:
        raise UsageError(f"top must be at least 1, but got {top}")
    if points.ndim != 2 or points.shape[1] != unit_vectors.shape[1]:
        raise UsageError(
            f"points must be (points, {unit_vectors.shape[1]}), but got shape {points.shape}"
        )
    if not np.isfinite(points).all():
        raise UsageError("points must be finite, but got NaN or infinite coordinates")
    numbers = np.flatnonzero(candidates).astype(np.int64)
    among = unit_vectors if len(numbers) == len(unit_vectors) else unit_vectors[numbers]
    width = min(top, len(numbers))
    chosen = np.empty((len(points), width), np.int64)
    proximities = np.empty((len(points), width), np.float32)
    step = max(1, _PROXIMITIES_AT_ONCE // max(1, len(numbers)))
    for start in range(0, len(points), step):
        block = slice(start, start + step)
        cosines = with_unit_rows(points[block]) @ among.T
        columns = _largest_columns(cosines, width)
        chosen[block] = numbers[columns]
        proximities[block] = np.take_along_axis(cosines, columns, axis=1)
    return chosen, proximities


def _largest_columns(values: FloatArray, width: int) -> IntArray:
    """Columns of the largest values of each row, largest first, the lower column at a tie."""
    columns = values.shape[1]
    if width < columns:
        # The set of the largest first: all above the width-th value, then ties by column.
        least = np.partition(values, columns - width, axis=1)[:, columns - width, None]
        kept = values >= least
        for row in np.flatnonzero(kept.sum(axis=1) > width):
            ties = np.flatnonzero(values[row] == least[row])
            kept[row, ties[width - np.count_nonzero(values[row] > least[row]) :]] = False
        among = np.nonzero(kept)[1].reshape(len(values), width)
    else:
        among = np.broadcast_to(np.arange(columns), values.shape)
    order = np.argsort(-np.take_along_axis(values, among, axis=1), axis=1, kind="stable")
    return np.take_along_axis(among, order, axis=1).astype(np.int64)
