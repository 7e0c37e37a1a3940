"""Exact search: the rows of highest score at each point, by a matrix product and a partition."""

import numpy as np

from labelsphere.arrays import AnyArray, FloatArray, IntArray
from labelsphere.errors import DataError, UsageError

_SCORES_AT_ONCE = 1 << 22
"""Scores held at a time, 16 MiB of float32; smaller blocks make slower products."""
_FEWEST_POINTS = 32
"""Points in a block at least: with fewer, reading the vectors from memory takes longest."""


def top_k(
    points: AnyArray, vectors: AnyArray, count: int, bias: AnyArray | None = None
) -> tuple[IntArray, FloatArray]:
    """Find the vectors of highest score at each point.

    The score of vector j at point x is x·v_j + b_j, computed in float32 in blocks of bounded size.
    Vectors come by falling score, equal scores by rising number. A score differs from the exact one
    by at most k·2⁻²⁴·‖x‖·‖v_j‖ (in practice by about 2⁻²²·‖x‖·‖v_j‖), so vectors whose scores are
    closer than that may change their order.

    Args:
        points: (b, k), taken as float32.
        vectors: (n, k), taken as float32.
        count: Number of vectors to return for each point, from 1 to n.
        bias: (n,), taken as float32 and added to the scores; None for 0. A vector with the bias −∞
            is returned after all others, by number.

    Returns:
        Numbers (b, count) int64 and scores (b, count) float32, best first. A zero point scores
        every vector by its bias.

    Raises:
        UsageError: If ``count`` is out of range, the points are of another width, or a point is NaN
            or infinite.
        DataError: If the shapes of vectors and bias do not fit, or a score is NaN or +∞: a vector
            or a bias is, or the product is beyond the range of float32.

    Examples:
        >>> top_k(np.array([[0.25, 0.5, 0.5]]), np.eye(3), 2)
        (array([[1, 2]]), array([[0.5, 0.5]], dtype=float32))
    """
    rows = np.asarray(vectors, np.float32)
    added = np.zeros(len(rows), np.float32) if bias is None else np.asarray(bias, np.float32)
    if rows.ndim != 2 or added.shape != rows.shape[:1]:
        raise DataError(
            "expected vectors (n, k) and a bias (n,), "
            f"but got shapes {rows.shape} and {added.shape}"
        )
    given = checked_points(points, rows, count)
    numbers = np.empty((len(given), count), np.int64)
    scores = np.empty((len(given), count), np.float32)
    step = max(_FEWEST_POINTS, _SCORES_AT_ONCE // len(rows))
    for start in range(0, len(given), step):
        block = slice(start, start + step)
        with np.errstate(over="ignore", invalid="ignore"):  # refused in `_best`
            products = given[block] @ rows.T + added
        numbers[block], scores[block] = _best(products, count)
    return numbers, scores


def _best(scores: FloatArray, count: int) -> tuple[IntArray, FloatArray]:
    """Numbers and scores of the best of each row, best first, ties by number."""
    column = scores.shape[1] - count
    least = np.partition(scores, column, axis=1)[:, column, None]
    # More than ``count`` where several tie for the last rank. "Not below" keeps NaN.
    at, numbers = np.nonzero(~(scores < least))
    values = scores[at, numbers]
    # NaN and +∞ are above every number, so that they are among the candidates if there are any.
    if not (values < np.inf).all():
        raise DataError(
            "a score is NaN or too large for float32; expected finite vectors and a bias that is "
            "a number or -inf"
        )
    # Numbers rise within a row, and the sort is stable.
    order = np.lexsort((-values, at))
    first = np.searchsorted(at, np.arange(len(scores)))
    best = order[first[:, None] + np.arange(count)]
    return numbers[best], values[best]


def checked_points(points: AnyArray, vectors: FloatArray, count: int) -> FloatArray:
    """Return points as float32; raises the `UsageError` of `top_k`."""
    given = np.asarray(points, np.float32)
    if not 1 <= count <= len(vectors):
        raise UsageError(f"top must be from 1 to {len(vectors)} labels, but got {count}")
    if given.ndim != 2 or given.shape[1] != vectors.shape[1]:
        raise UsageError(
            f"points must be (points, {vectors.shape[1]}), but got shape {given.shape}"
        )
    if not np.isfinite(given).all():
        raise UsageError("points must be finite, but got NaN or infinite coordinates")
    return given
