"""Counts of pairs in a dense triangle: for many images of a vocabulary that is not too large."""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.sparse import csr_array, triu

from labelsphere.arrays import AnyArray, SparseRows
from labelsphere.space.counting.tag_block import TagBlock
from labelsphere.space.counting.threads import in_threads

LARGEST_TRIANGLE = 5 << 28
"""In bytes, 1.25 GiB: what 17,355 labels with confidences need."""

_BUCKET_BITS = 18
"""Cells of a bucket, 2¹⁸, 512 KiB: they stay in a core's second-level cache while they are
counted. With confidences a quarter as many."""

_FULL = (1 << 16) - 1
"""What a cell holds at most; a carry stands for as many more."""


def triangle_bytes(n_labels: int, *, weighted: bool) -> int:
    """Memory of a triangle: 2 bytes a pair of labels, 8 with confidences."""
    return n_labels * (n_labels - 1) // 2 * (8 if weighted else 2)


class PairTriangle:
    """Sums over all pairs of labels, each in a cell of its own.

    Adding one pair after another to a triangle of hundreds of megabytes is bound by memory: most
    additions miss the caches. So the pairs of a block are first dealt into buckets of neighbouring
    cells, and each bucket is then counted within the cache. Fresh memory costs as much as the
    counting: cells have 16 bits, and what does not fit is kept apart as carries.

    Args:
        n_labels: Number of labels, 2 or more.
        weighted: Whether confidences are added, in steps.
        threads: How many threads count.
    """

    def __init__(self, n_labels: int, *, weighted: bool, threads: int) -> None:
        self.n_labels = n_labels
        self.weighted = weighted
        self.threads = threads
        cells = n_labels * (n_labels - 1) // 2
        # Fresh pages of zeros: those of pairs that never occur are never touched.
        self._cells: AnyArray = np.zeros(cells, np.uint64 if weighted else np.uint16)
        self._carries: list[AnyArray] = []
        self._pairs = 0
        rows = np.arange(n_labels, dtype=np.int64)
        # Unsigned, so the first row's −1 wraps around and back.
        self._offsets = (rows * (2 * n_labels - rows - 1) // 2 - rows - 1).astype(np.uint32)
        self._shift = np.uint32(_BUCKET_BITS - (2 if weighted else 0))
        self._buckets = (cells >> int(self._shift)) + 1
        self._dealt = np.empty(0, np.uint64 if weighted else np.uint32)

    def add(self, block: TagBlock) -> None:
        """Add the pairs of some images."""
        from labelsphere.space.counting import kernels

        if len(self._dealt) < block.pairs:
            self._dealt = np.empty(block.pairs, self._dealt.dtype)
        edges = np.searchsorted(
            block.starts, np.linspace(0, block.starts[-1], self.threads + 1)[1:-1]
        )
        images = [0, *edges.tolist(), block.n_images]
        shift = self._shift
        tags: tuple[AnyArray, ...] = (block.starts, block.labels)
        tally = np.zeros((self.threads, self._buckets), np.int64)
        self._in_threads(
            lambda t: kernels.tally_buckets(
                block.starts, block.labels, images[t], images[t + 1], self._offsets, shift, tally[t]
            )
        )
        # A bucket's cells stand together, first those of the first thread.
        ends = np.cumsum(tally.T.ravel())
        places = np.ascontiguousarray((ends - tally.T.ravel()).reshape(-1, self.threads).T)
        deal: Callable[..., None] = kernels.deal_cells
        if block.steps is not None:
            deal, tags = kernels.deal_weighted_cells, (*tags, block.steps)
        self._in_threads(
            lambda t: deal(
                *tags, images[t], images[t + 1], self._offsets, shift, places[t], self._dealt
            )
        )
        bucket_ends = ends[self.threads - 1 :: self.threads]
        shares = np.searchsorted(bucket_ends, np.linspace(0, block.pairs, self.threads + 1)[1:-1])
        cuts = [0, *bucket_ends[shares].tolist(), block.pairs]
        self._pairs += block.pairs
        if block.steps is None:
            self._in_threads(lambda t: self._add_cells(cuts[t], cuts[t + 1]))
        else:
            add = kernels.add_weighted_cells
            self._in_threads(lambda t: add(self._dealt, cuts[t], cuts[t + 1], self._cells))

    def add_triangle(self, above: SparseRows) -> None:
        """Add sums that were made elsewhere: CSR labels × labels, above the diagonal."""
        rows = np.repeat(np.arange(self.n_labels), np.diff(above.indptr))
        places = self._offsets[rows] + above.indices.astype(np.uint32)
        if self.weighted:
            self._cells[places] = self._cells[places] + above.data.astype(np.uint64)
            return
        self._pairs += int(above.data.sum())
        sums = self._cells[places].astype(np.int64) + above.data.astype(np.int64)
        carried = np.maximum(sums - 1, 0) // _FULL
        self._cells[places] = sums - carried * _FULL
        self._carries.append(np.repeat(places, carried))

    def take(self) -> SparseRows:
        """The sums, CSR labels × labels int64, above the diagonal; the triangle is empty after."""
        joint = self.joint(np.zeros(self.n_labels, np.int64), 1.0)
        self._cells[:] = 0
        self._carries, self._pairs = [], 0
        return csr_array(triu(joint, 1, format="csr").astype(np.int64))

    def joint(self, diagonal: AnyArray, step: float) -> SparseRows:
        """The symmetric matrix, CSR labels × labels float64, sorted.

        Args:
            diagonal: (labels,) sums of each label alone.
            step: What all sums are multiplied by.
        """
        from labelsphere.space.counting import kernels

        size = self.n_labels
        # A column has as many cells as its number: equal shares of the triangle.
        edges = np.rint(size * np.sqrt(np.arange(self.threads + 1) / self.threads)).astype(int)
        columns = edges.tolist()
        right = np.zeros((self.threads, size), np.int64)
        left = np.zeros(size, np.int64)
        self._in_threads(
            lambda t: kernels.tally_columns(
                self._cells, size, columns[t], columns[t + 1], right[t], left
            )
        )
        alone = (diagonal > 0).astype(np.int64)
        starts = np.concatenate([[0], np.cumsum(left + alone + right.sum(axis=0))])
        indices = np.empty(starts[-1], np.int32 if starts[-1] < 1 << 31 else np.int64)
        data = np.empty(starts[-1], np.float64)
        middle = starts[:-1] + left
        before = np.cumsum(right, axis=0) - right + middle + alone
        below = starts[:-1].copy()
        self._in_threads(
            lambda t: kernels.fill_rows(
                self._cells,
                size,
                columns[t],
                columns[t + 1],
                before[t],
                below,
                step,
                indices,
                data,
            )
        )
        # After the rest: who first touches a fresh page waits for it, and there are many threads.
        labels = np.flatnonzero(diagonal)
        indices[middle[labels]] = labels
        data[middle[labels]] = diagonal[labels] * step
        self._add_carries(starts, indices, data, step)
        joint: SparseRows = csr_array(
            (data, indices, starts.astype(indices.dtype)), shape=(size, size)
        )
        joint.has_sorted_indices = True
        joint.has_canonical_format = True
        return joint

    def _add_cells(self, first: int, last: int) -> None:
        from labelsphere.space.counting import kernels

        # No more cells can have been filled than pairs were counted.
        room = min(last - first, self._pairs // _FULL)
        carries = np.empty(room, np.uint32)
        carried = kernels.add_cells(self._dealt, first, last, self._cells, carries)
        if carried:
            self._carries.append(carries[:carried])

    def _add_carries(
        self, starts: AnyArray, indices: AnyArray, data: AnyArray, step: float
    ) -> None:
        """Add what the cells could not hold to both entries of its pair."""
        if not self._carries:
            return
        cells, times = np.unique(np.concatenate(self._carries), return_counts=True)
        # The first cell of each row, counted as the cells are, without the wrapping.
        rows = np.arange(self.n_labels, dtype=np.int64)
        firsts = rows * (2 * self.n_labels - rows - 1) // 2
        for cell, more in zip(cells.tolist(), times.tolist(), strict=True):
            row = int(np.searchsorted(firsts, cell, side="right")) - 1
            column = cell - int(firsts[row]) + row + 1
            for one, other in ((row, column), (column, row)):
                entries = slice(starts[one], starts[one + 1])
                place = starts[one] + np.searchsorted(indices[entries], other)
                data[place] += more * _FULL * step

    def _in_threads(self, work: Callable[[int], Any]) -> None:
        """Do a piece of work for each thread's number."""
        in_threads(work, self.threads)
