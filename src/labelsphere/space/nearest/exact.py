"""Exact search: at each point the labels of highest score, by whichever way is fastest."""

import numpy as np

from labelsphere.arrays import AnyArray, FloatArray, IntArray
from labelsphere.errors import DataError, UsageError
from labelsphere.space.nearest.by_product import search_by_product
from labelsphere.space.nearest.problem import Found, Labels

_COMPILED_CELLS = 1 << 27
"""Points × labels from which compiled kernels save more than loading them costs."""
_COMPILED_PRODUCTS = 1 << 39
"""The same for points × labels × dimensions."""
_COMPILED_EXACT = 1 << 28
"""The same for points × labels wanted × dimensions, the least of the second pass."""


class ExactSearch:
    """Finds the labels of highest score at points, in blocks of bounded size.

    The score of label j at point x is x·v_j + b_j or, by cosine, (x/‖x‖)·v_j + b_j, of the float32
    numbers given, in float64. Labels come by falling score, equal scores by rising label number.

    Products in bfloat16 or float32 only choose candidates: a label is left out if its score is
    certain to be below that of ``count`` others, by a bound on the products' error
    (`labelsphere.space.nearest.bounds`). Candidates are scored in float64 before they are ranked,
    so that the ranking does not depend on the precision of the first pass.

    Args:
        vectors: (labels, k), taken as float32.
        bias: (labels,), taken as float32; −∞ ranks a label behind all others. None for 0.
        cosine: Whether points are brought to unit norm. A zero point scores every label's bias.

    Attributes:
        labels: The labels, their bias, and whether points are brought to unit norm.

    Raises:
        DataError: If a vector is not finite, or a bias is NaN or +∞.

    Examples:
        >>> search = ExactSearch(np.eye(3, dtype=np.float32))
        >>> search.top(np.array([[0.25, 0.5, 0.5]], np.float32), 2)
        (array([[1, 2]]), array([[0.5, 0.5]], dtype=float32))
    """

    def __init__(
        self, vectors: AnyArray, bias: AnyArray | None = None, *, cosine: bool = False
    ) -> None:
        rows = np.ascontiguousarray(vectors, np.float32)
        added = np.zeros(len(rows), np.float32) if bias is None else np.asarray(bias, np.float32)
        if rows.ndim != 2 or added.shape != rows.shape[:1]:
            raise DataError(
                "expected vectors (labels, k) and a bias (labels,), "
                f"but got shapes {rows.shape} and {added.shape}"
            )
        self.labels = Labels(rows, added, cosine)

    @property
    def n_labels(self) -> int:
        """Number of labels, those with a bias of −∞ included."""
        return len(self.labels.vectors)

    def top(self, points: AnyArray, count: int) -> tuple[IntArray, FloatArray]:
        """The labels of highest score at each point.

        Args:
            points: (b, k), taken as float32.
            count: How many, from 1 to the number of labels.

        Returns:
            Label numbers (b, count) int64 and scores (b, count) float32, best first.

        Raises:
            UsageError: If ``count`` is out of range, or the points are of another width or not
                finite.
        """
        given = self.checked(points, count)
        found = Found(
            np.empty((len(given), count), np.int64), np.empty((len(given), count), np.float32)
        )
        wanted = min(count, len(self.labels.open))
        # What is shut out comes last, whatever the point.
        found.numbers[:, wanted:] = self.labels.shut[: count - wanted]
        found.scores[:, wanted:] = -np.inf
        if wanted:
            self._search(given, wanted, found)
        return found.numbers, found.scores

    def _search(self, points: FloatArray, wanted: int, found: Found) -> None:
        within = Found(found.numbers[:, :wanted], found.scores[:, :wanted])
        zero = ~points.any(axis=1)
        if zero.any():
            # All of them rank labels by bias alone.
            order = np.argsort(-self.labels.bias[self.labels.open], kind="stable")[:wanted]
            best = self.labels.open[order]
            within.write(np.flatnonzero(zero), best, self.labels.bias[best])
        rows = np.flatnonzero(~zero).astype(np.int64)
        if self._is_large(len(rows), wanted):
            from labelsphere.space.nearest.by_tiles import search_by_tiles

            search_by_tiles(points, self.labels, rows, within)
        else:
            search_by_product(points, self.labels, rows, within)

    def _is_large(self, points: int, wanted: int) -> bool:
        cells, width = points * self.n_labels, self.labels.width
        return (
            cells >= _COMPILED_CELLS
            or cells * width >= _COMPILED_PRODUCTS
            or points * wanted * width >= _COMPILED_EXACT
        )

    def checked(self, points: AnyArray, count: int) -> FloatArray:
        """Points as `top` takes them; raises what it raises."""
        given = np.ascontiguousarray(points, np.float32)
        if not 1 <= count <= self.n_labels:
            raise UsageError(f"top must be from 1 to {self.n_labels} labels, but got {count}")
        if given.ndim != 2 or given.shape[1] != self.labels.width:
            raise UsageError(
                f"points must be (points, {self.labels.width}), but got shape {given.shape}"
            )
        if not np.isfinite(given).all():
            raise UsageError("points must be finite, but got NaN or infinite coordinates")
        return given
