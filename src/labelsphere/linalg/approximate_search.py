"""Approximate search through a faiss index, for a million vectors and more, on request only."""

from typing import Any

import numpy as np

from labelsphere.arrays import AnyArray, FloatArray, IntArray
from labelsphere.errors import MissingExtraError, UsageError
from labelsphere.linalg.exact_search import checked_points, top_k
from labelsphere.linalg.unit_rows import with_unit_rows

_TRAINED_ON = 64
"""Vectors per cell that the centres are computed from; all, where there are fewer."""
_TRIED, _SUMMED, _FOUND = 256, 3, 100
"""Points that the recall is measured at, the vectors that each is the sum of, and how many are
wanted at each."""
_FEWEST_PROBED = 8
_SEED = 0


class ApproximateSearch:
    """Approximate search by cosine: looks in the cells nearest to each point, and misses some.

    The vectors are put into cells around 4·√n centres (faiss's ``IndexIVFFlat``), which takes a
    while once. How many cells are searched at each point is chosen by trial: twice as many as
    before, until the wanted share of the 100 best is found at 256 points such as a tagger gives,
    sums of three vectors with as much noise. Scores are those of float32. Where the cells hold
    fewer vectors than wanted, the point is searched exactly.

    Args:
        vectors: (n, k), taken as float32, of unit norm.
        recall: Share of the best vectors to be found on average, above 0, at most 1.

    Attributes:
        recall: Share that was found in the trial.
        probed: How many cells are searched at each point; where ``recall`` would need more than
            half of them, all.

    Raises:
        MissingExtraError: If faiss is not installed.
        UsageError: If the recall is out of range.
    """

    def __init__(self, vectors: AnyArray, *, recall: float = 0.95) -> None:
        faiss = _faiss()
        if not 0 < recall <= 1:
            raise UsageError(f"recall must be above 0 and at most 1, but got {recall}")
        self._vectors = np.ascontiguousarray(vectors, np.float32)
        width = self._vectors.shape[1]
        cells = max(1, round(4 * len(self._vectors) ** 0.5))
        cells = min(cells, max(1, len(self._vectors) // 40))
        self._index: Any = faiss.IndexIVFFlat(
            faiss.IndexFlatIP(width), width, cells, faiss.METRIC_INNER_PRODUCT
        )
        self._index.cp.min_points_per_centroid = 1  # or else it warns on stdout where there are few
        self._index.cp.max_points_per_centroid = _TRAINED_ON
        self._index.train(self._vectors)
        self._index.add(self._vectors)
        self.probed, self.recall = cells, 1.0
        if len(self._vectors):
            self._choose_probed(_points_among(self._vectors), recall, cells)

    def top(self, points: AnyArray, count: int) -> tuple[IntArray, FloatArray]:
        """Return the numbers and cosines of vectors near each point, as `top_k` does."""
        given = with_unit_rows(checked_points(points, self._vectors, count))
        scores, numbers = self._index.search(given, count)
        # A zero point has no nearest cells.
        left = (numbers < 0).any(axis=1) | ~given.any(axis=1)
        if left.any():
            numbers[left], scores[left] = top_k(given[left], self._vectors, count)
        return numbers, scores

    def _choose_probed(self, points: FloatArray, wanted: float, cells: int) -> None:
        """Search more and more cells until the recall is reached."""
        count = min(_FOUND, len(self._vectors))
        best = np.sort(top_k(with_unit_rows(points), self._vectors, count)[0], axis=1)
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
    """Points such as a tagger gives: sums of a few vectors, and noise of the same length."""
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
