"""Approximate search through a faiss index, for a million labels and more, on request only."""

from typing import Any

import numpy as np

from labelsphere.arrays import AnyArray, FloatArray, IntArray
from labelsphere.errors import MissingExtraError, UsageError
from labelsphere.space.nearest.exact import ExactSearch
from labelsphere.space.nearest.problem import Points

_TRAINED_ON = 64
"""Labels a cell that the cells are placed on; all, where there are fewer."""
_TRIED, _SUMMED, _FOUND = 256, 3, 100
"""Points that the recall is measured at, the labels that each is the sum of, and how many labels
are wanted at each."""
_FEWEST_PROBED = 8
_SEED = 0


class ApproximateSearch:
    """Finds labels near points in the cells that are nearest to each point, and misses some.

    The labels are put into cells around 4·√labels centres (faiss's ``IndexIVFFlat``), which takes
    a while once. How many cells are searched at each point is chosen by trial: twice as many as
    before, until the wanted share of the 100 best labels is found at 256 points such as a tagger
    gives, sums of three labels with as much noise. Scores are those of float32. Where the cells
    hold fewer labels than wanted, the point is searched exactly.

    Args:
        exact: Search by cosine without a bias, but for −∞, which shuts labels out.
        recall: Share of the best labels to be found on average, above 0, at most 1.

    Attributes:
        recall: Share that was found in the trial.
        probed: How many cells are searched at each point; where ``recall`` would need more than
            half of them, all.

    Raises:
        MissingExtraError: If faiss is not installed.
        UsageError: If the search is not by cosine or has a bias, or the recall is out of range.
    """

    def __init__(self, exact: ExactSearch, *, recall: float = 0.95) -> None:
        faiss = _faiss()
        labels = exact.labels
        if not labels.cosine or labels.bias[labels.open].any():
            raise UsageError("an approximate index needs a search by cosine without a bias")
        if not 0 < recall <= 1:
            raise UsageError(f"recall must be above 0 and at most 1, but got {recall}")
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
        self._index.train(vectors)
        self._index.add(vectors)
        self.probed, self.recall = cells, 1.0
        if len(vectors):
            self._choose_probed(_points_among(vectors), recall, cells)

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

    def _choose_probed(self, points: FloatArray, wanted: float, cells: int) -> None:
        """Search more and more cells until the recall is reached."""
        count = min(_FOUND, len(self._exact.labels.open))
        best = np.sort(self._exact.top(points, count)[0], axis=1)
        probed = _FEWEST_PROBED
        while True:
            self.probed = probed if 2 * probed <= cells else cells
            self._index.nprobe = self.probed
            found = np.sort(self.top(points, count)[0], axis=1)
            common = sum(len(np.intersect1d(a, b)) for a, b in zip(found, best, strict=True))
            self.recall = common / best.size
            if self.recall >= wanted or self.probed == cells:
                return
            probed *= 2


def _points_among(vectors: FloatArray) -> FloatArray:
    """Points such as a tagger gives: sums of a few labels, and noise of the same length."""
    random = np.random.default_rng(_SEED)
    points = vectors[random.integers(len(vectors), size=(_TRIED, _SUMMED))].sum(axis=1)
    noise = random.standard_normal(points.shape, np.float32)
    lengths = np.linalg.norm(points, axis=1, keepdims=True) / np.linalg.norm(
        noise, axis=1, keepdims=True
    )
    return np.asarray(points + lengths * noise, np.float32)


def _faiss() -> Any:
    try:
        import faiss
    except ImportError as error:
        raise MissingExtraError("faiss", "faiss") from error
    return faiss
