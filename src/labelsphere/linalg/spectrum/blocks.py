"""Products of a large symmetric matrix with blocks of float32 columns."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

from labelsphere.arrays import AnyArray, DoubleArray, FloatArray, IntArray, SparseRows
from labelsphere.linalg.sparse_plus_low_rank import SparsePlusLowRank

COLUMNS = 128
"""Columns multiplied at once: few enough that a sum of rows stays in the fastest cache."""

_PANEL_ROWS = 1_536
"""Rows of a block that a panel reads at least: with 128 columns, 768 KiB, they stay in a core's
second-level cache while all rows of the panel are multiplied."""

_PANEL_ENTRIES = 12
"""Entries of a panel a row at least: with fewer, adding to the result would cost more."""

_LARGE = 1 << 21
"""Numbers of an array that the system keeps in large pages, and the most that a panel's rows of the
block may be to be copied there. They are read in no order: from small pages, in which blocks often
lie, that takes longer."""

_PARALLEL_ENTRIES = 1 << 16


@dataclass(frozen=True, eq=False)
class BlockProduct:
    """A symmetric matrix as products with blocks of float32 columns, rows in an order of its own.

    Sparse stays sparse, and a low-rank part stays low rank: the dense matrix is never formed,
    unless it was given dense. A sparse product is bound by the caches: each entry reads a row of
    the block. So the matrix is cut into panels of columns, each of which reads no more of the
    block than stays near a core. Rows of many entries come first, so that the rows of the block
    that are read most, those with many entries, stand in the same panel.

    Attributes:
        order: (N,) int64: row i of a block belongs to row ``order[i]`` of the matrix.
        matrix: The sparse part's panels, side by side, each CSR float32; or the dense matrix,
            float32.
        left: N × rank float32, or None.
        right: N × rank float32, or None.
    """

    order: IntArray
    matrix: tuple[SparseRows, ...] | FloatArray
    left: FloatArray | None = None
    right: FloatArray | None = None

    @classmethod
    def of(cls, matrix: SparsePlusLowRank | SparseRows | DoubleArray) -> "BlockProduct":
        """Prepare the products of a matrix.

        Args:
            matrix: Symmetric N × N.
        """
        if isinstance(matrix, np.ndarray):
            return cls(np.arange(len(matrix)), matrix.astype(np.float32))
        given = matrix if isinstance(matrix, SparsePlusLowRank) else SparsePlusLowRank(matrix)
        sparse = given.sparse
        order = np.argsort(-np.diff(sparse.indptr), kind="stable")
        position = np.empty(len(order), sparse.indices.dtype)
        position[order] = np.arange(len(order))
        rows = sparse[order]
        renamed: SparseRows = csr_array(
            (rows.data.astype(np.float32), position[rows.indices], rows.indptr), shape=rows.shape
        )
        # The matrix is symmetric: columns are rows laid down, which takes no search for them.
        edges = _panel_edges(np.diff(rows.indptr))
        panels = tuple(csr_array(renamed[a:b].T.tocsr()) for a, b in pairwise(edges))
        left, right = (
            None if part is None else part[order].astype(np.float32)
            for part in (given.left, given.right)
        )
        return cls(order, panels, left, right)

    @property
    def size(self) -> int:
        """N, the number of rows."""
        return len(self.order)

    def __matmul__(self, block: FloatArray) -> FloatArray:
        """Product with N × columns, float32, C-contiguous; a new array."""
        return self.step(block, 1.0, 0.0)

    def moved(self, array: FloatArray) -> FloatArray:
        """The array itself: it is where the matrix is."""
        return array

    def fetched(self, block: FloatArray) -> FloatArray:
        """The block itself."""
        return block

    def step(
        self, block: FloatArray, factor: float, shift: float, before: FloatArray | None = None
    ) -> FloatArray:
        """``factor · (A·block − shift · block) − before``: one step of a recurrence.

        Args:
            block: N × columns float32, C-contiguous.
            factor: What to multiply with.
            shift: What to subtract from the diagonal.
            before: N × columns float32, C-contiguous; overwritten with the result. None: nothing
                is subtracted and the result is a new array.

        Returns:
            N × columns float32.
        """
        result = np.empty_like(block) if before is None else before
        if isinstance(self.matrix, np.ndarray):
            image = self.matrix @ block
            image -= np.float32(shift) * block
            image *= np.float32(factor)
            np.subtract(image, 0 if before is None else before, out=result)
        else:
            self._step_sparse(self.matrix, block, factor, shift, before, result)
        if self.left is not None and self.right is not None:
            result += self.left @ (np.float32(factor) * (self.right.T @ block))
        return result

    @staticmethod
    def _step_sparse(
        panels: tuple[SparseRows, ...],
        block: FloatArray,
        factor: float,
        shift: float,
        before: FloatArray | None,
        result: FloatArray,
    ) -> None:
        # Loaded where it is needed: the compiler takes a second to load.
        from labelsphere.linalg.spectrum.kernels import add_rows, begin_rows

        size = len(block)
        scale = np.float32(-factor * shift)
        earlier = np.empty((0, 0), np.float32) if before is None else before
        ends = np.cumsum([panel.shape[1] for panel in panels])

        def multiply(low: int, high: int) -> None:
            near = np.empty(_LARGE, np.float32)
            begin_rows(block, result, low, high, scale, earlier)
            for panel, end in zip(panels, ends, strict=True):
                part = block[end - panel.shape[1] : end]
                if part.size <= _LARGE:
                    own = near[: part.size].reshape(part.shape)
                    own[:] = part
                    part = own
                arrays = panel.indptr, panel.indices, panel.data
                add_rows(*arrays, part, result, low, high, np.float32(factor))

        entries = np.sum([panel.indptr for panel in panels], axis=0)
        threads = usable_threads() if entries[-1] > _PARALLEL_ENTRIES else 1
        shares = np.linspace(0, entries[-1], threads + 1)[1:-1]
        edges = [0, *np.searchsorted(entries, shares).tolist(), size]
        if threads == 1:
            multiply(0, size)
            return
        with ThreadPoolExecutor(threads) as pool:
            for part in [pool.submit(multiply, low, high) for low, high in pairwise(edges)]:
                part.result()


def _panel_edges(entries: AnyArray) -> list[int]:
    """Columns at which a matrix is cut into panels, the first and the last included.

    Args:
        entries: (N,) entries of each column.
    """
    size = len(entries)
    before = np.concatenate([[0], np.cumsum(entries, dtype=np.int64)])
    edges = [0]
    while edges[-1] < size:
        enough = int(np.searchsorted(before, before[edges[-1]] + _PANEL_ENTRIES * size))
        edges.append(min(size, max(edges[-1] + _PANEL_ROWS, enough)))
    return edges


def usable_threads() -> int:
    """Processor cores that this process may use, or fewer where ``OMP_NUM_THREADS`` says so."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    limit = int(wanted) if wanted.isdecimal() and int(wanted) else None
    return min(cores or 1, limit or cores or 1)
