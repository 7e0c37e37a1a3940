"""Counting labels and pairs of labels, part by part, by the means that suit the amount."""

import os

import numpy as np
from scipy.sparse import csr_array

from labelsphere.arrays import AnyArray, SparseRows
from labelsphere.errors import UsageError
from labelsphere.space.counting.fixed_point import STEP
from labelsphere.space.counting.pair_triangle import (
    LARGEST_TRIANGLE,
    PairTriangle,
    triangle_bytes,
)
from labelsphere.space.counting.sparse_pairs import SparsePairs, mirrored
from labelsphere.space.counting.tag_block import TagBlock, tag_blocks
from labelsphere.space.counting.threads import in_threads

_WORTH_COMPILING = 1 << 22
"""Pairs from which on compiled code pays for its loading."""

_TAGS_WORTH_COMPILING = 1 << 24
"""The same for tags, which are looked through faster."""

_SPARSE_SHARE = 16
"""Sparse as long as the pairs are fewer than a sixteenth of the triangle's cells."""

_LARGEST_CELL = (1 << 32) - 1


class PairCounter:
    """Sums over images that are given part by part; their order and division do not matter.

    Sums are whole numbers, of images or of steps of confidence (`STEP`), and so exact.

    Args:
        n_labels: Number of labels.
        weighted: False: an image counts 1. True: it counts its tag's confidence, and a pair the
            smaller of its two.
        threads: How many threads count; by default one a core that this process may use.

    Raises:
        UsageError: If there are more than 2³¹ labels.
    """

    def __init__(self, n_labels: int, *, weighted: bool = False, threads: int | None = None):
        if n_labels >= 1 << 31:
            raise UsageError(f"at most 2³¹ labels can be counted, but got {n_labels:,}")
        self.n_labels = n_labels
        self.weighted = weighted
        self.n_images = 0
        self._threads = threads or _cores()
        self._pairs_seen = 0
        self._images_in_triangle = 0
        self._alone = np.zeros(n_labels, np.int64)
        self._sparse = SparsePairs(n_labels)
        self._triangle: PairTriangle | None = None

    def add(self, rows: SparseRows) -> None:
        """Count some more images.

        Args:
            rows: CSR, images × labels. Values are confidences; zeros are no tags.

        Raises:
            UsageError: If the rows have another number of labels.
            DataError: If a value is negative or not finite, or above 1 where weighted.
        """
        if rows.shape[1] != self.n_labels:
            raise UsageError(
                f"tags have {rows.shape[1]} columns, but {self.n_labels} labels are counted; "
                "expected one column a label"
            )
        compiled = self._triangle is not None or rows.nnz > _TAGS_WORTH_COMPILING
        threads = self._threads if compiled else 0
        for block in tag_blocks(rows, weighted=self.weighted, threads=threads):
            self._add(block)

    def joint(self) -> SparseRows:
        """The sums: CSR labels × labels, float64, symmetric, sorted; alone on the diagonal."""
        step = STEP if self.weighted else 1.0
        if self._triangle is None:
            return mirrored(self._sparse.total(), self._alone, step)
        joint = self._triangle.joint(self._alone, step)
        if self._sparse.size:
            rest = mirrored(self._sparse.total(), np.zeros_like(self._alone), step)
            joint = csr_array(joint + rest)
        return joint

    def _add(self, block: TagBlock) -> None:
        self.n_images += block.n_images
        self._pairs_seen += block.pairs
        compiled = self._pairs_seen > _WORTH_COMPILING
        self._alone += self._sums(block, compiled=compiled)
        if self._triangle is None and compiled and self._triangle_pays(block.pairs):
            self._triangle = PairTriangle(
                self.n_labels, weighted=self.weighted, threads=self._threads
            )
            self._triangle.add_triangle(self._sparse.total())
            self._images_in_triangle = self.n_images - block.n_images
            self._sparse = SparsePairs(self.n_labels)
        if self._triangle is None:
            self._sparse.add(block, compiled=compiled)
            return
        self._images_in_triangle += block.n_images
        if not self.weighted and self._images_in_triangle > _LARGEST_CELL:
            self._empty_triangle(block.n_images)
        self._triangle.add(block)

    def _sums(self, block: TagBlock, *, compiled: bool) -> AnyArray:
        """The sums of each label alone in some images, (labels,) int64."""
        if not compiled or block.steps is not None:
            # Whole numbers below 2⁵³, so that NumPy's sums in float64 are exact.
            sums = np.bincount(block.labels, weights=block.steps, minlength=self.n_labels)
            return sums.astype(np.int64)
        from labelsphere.space.counting.kernels import tally_labels

        tally = np.zeros((self._threads, self.n_labels), np.int64)
        edges = np.linspace(0, len(block.labels), self._threads + 1).astype(np.int64)
        in_threads(
            lambda t: tally_labels(block.labels, edges[t], edges[t + 1], tally[t]),
            self._threads,
        )
        return np.asarray(tally.sum(axis=0))

    def _triangle_pays(self, pairs: int) -> bool:
        size = triangle_bytes(self.n_labels, weighted=self.weighted)
        cells = self.n_labels * (self.n_labels - 1) // 2
        return size <= LARGEST_TRIANGLE and (self._sparse.size + pairs) * _SPARSE_SHARE > cells

    def _empty_triangle(self, images: int) -> None:
        """Put the sums by before a cell of 32 bits can overflow."""
        assert self._triangle is not None
        self._sparse.add_triangle(self._triangle.take())
        self._images_in_triangle = images


def _cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
