"""Approximate search through a faiss index, for a million labels and more, on request only."""

from typing import Any

from labelsphere.arrays import AnyArray, FloatArray, IntArray
from labelsphere.errors import MissingExtraError, UsageError
from labelsphere.space.nearest.exact import ExactSearch
from labelsphere.space.nearest.problem import Points

_TRAINED_ON = 64
"""Labels a cell that the cells are placed on; all, where there are fewer."""
_PROBED = 48
"""Cells searched at each point; `benchmarks/decode.py` measures what that misses."""


class ApproximateSearch:
    """Finds labels near points in the cells that are nearest to each point, and misses some.

    The labels are put into cells around 4·√labels centres (faiss's ``IndexIVFFlat``), which takes
    a while once; 48 cells are searched at each point. Scores are those of float32. Where the cells
    hold fewer labels than wanted, the point is searched exactly.

    Args:
        exact: Search by cosine without a bias, but for −∞, which shuts labels out.

    Raises:
        MissingExtraError: If faiss is not installed.
        UsageError: If the search is not by cosine or has a bias.
    """

    def __init__(self, exact: ExactSearch) -> None:
        faiss = _faiss()
        labels = exact.labels
        if not labels.cosine or labels.bias[labels.open].any():
            raise UsageError("an approximate index needs a search by cosine without a bias")
        self._exact = exact
        vectors = labels.vectors
        if len(labels.open) < len(vectors):
            vectors = vectors[labels.open]
        cells = max(1, round(4 * len(vectors) ** 0.5))
        cells = min(cells, max(1, len(vectors) // 40))
        self._index: Any = faiss.IndexIVFFlat(
            faiss.IndexFlatIP(labels.width), labels.width, cells, faiss.METRIC_INNER_PRODUCT
        )
        self._index.cp.min_points_per_centroid = 1  # or else it warns on stdout where there are few
        self._index.cp.max_points_per_centroid = _TRAINED_ON
        self._index.nprobe = _PROBED
        self._index.train(vectors)
        self._index.add(vectors)

    def top(self, points: AnyArray, count: int) -> tuple[IntArray, FloatArray]:
        """Labels of high score at each point; arguments and results as in `ExactSearch.top`."""
        given = self._exact.checked(points, count)
        if count > len(self._exact.labels.open):
            return self._exact.top(given, count)
        scores, rows = self._index.search(Points.of(given, cosine=True).screened, count)
        numbers: IntArray = self._exact.labels.open[rows]
        # A zero point has no nearest cells.
        left = (rows < 0).any(axis=1) | ~given.any(axis=1)
        if left.any():
            numbers[left], scores[left] = self._exact.top(given[left], count)
        return numbers, scores


def _faiss() -> Any:
    try:
        import faiss
    except ImportError as error:
        raise MissingExtraError("faiss", "faiss") from error
    return faiss
