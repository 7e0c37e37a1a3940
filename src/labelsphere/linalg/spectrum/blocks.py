"""Products of a large symmetric matrix with blocks of float32 columns."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

from labelsphere.arrays import AnyArray, FloatArray, IntArray, SparseRows
from labelsphere.linalg.sparse_plus_low_rank import SparsePlusLowRank

COLUMNS = 128
"""Columns multiplied at once: few enough that a sum of rows stays in the fastest cache."""

_PANEL_ROWS = 1_536
"""Rows of a block that a panel reads at least: with 128 columns, 768 KiB, they stay in a core's
second-level cache while all rows of the panel are multiplied."""

_PANEL_ENTRIES = 12
"""Entries of a panel a row at least: with fewer, adding to the result would cost more."""

_PARALLEL_ENTRIES = 1 << 16


@dataclass(frozen=True, eq=False)
class BlockProduct:
    """A symmetric matrix as products with blocks of float32 columns, rows in an order of its own.

    Sparse stays sparse, and a low-rank part stays low rank: the dense matrix is never formed. A
    sparse product is bound by the caches: each entry reads a row of
    the block. So the matrix is cut into panels of columns, each of which reads no more of the
    block than stays near a core. Rows of many entries come first, so that the rows of the block
    that are read most, those with many entries, stand in the same panel.

    Attributes:
        order: (N,) int64: row i of a block belongs to row ``order[i]`` of the matrix.
        panels: The sparse part, cut into panels that stand side by side, each CSR float32.
        left: N × rank float32, or None.
        right: N × rank float32, or None.
    """

    order: IntArray
    panels: tuple[SparseRows, ...]
    left: FloatArray | None = None
    right: FloatArray | None = None

    @classmethod
    def of(cls, matrix: SparsePlusLowRank) -> "BlockProduct":
        """Prepare the products of a matrix."""
        sparse = matrix.sparse
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
            for part in (matrix.left, matrix.right)
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
            before: N × columns float32. None: nothing is subtracted.

        Returns:
            N × columns float32, a new array.
        """
        image = _sum_of_panels(self.panels, block)
        if self.left is not None and self.right is not None:
            image += self.left @ (self.right.T @ block)
        image -= np.float32(shift) * block
        image *= np.float32(factor)
        if before is not None:
            image -= before
        return image


def _sum_of_panels(panels: tuple[SparseRows, ...], block: FloatArray) -> FloatArray:
    """Product of the panels, side by side, with a block.

    A row of the product is a weighted sum of rows of the block, which is what PyTorch's
    ``embedding_bag`` computes in vector registers. Its product of sparse matrices takes three times
    as long, SciPy's twice. Each thread takes rows of its own: PyTorch's own threads wait for each
    other after each panel, in a loop that keeps other cores busy.

    Args:
        panels: CSR float32, N rows each.
        block: N × columns float32, C-contiguous.

    Returns:
        N × columns float32.
    """
    # Loaded where it is needed: PyTorch takes a second to load.
    import torch

    result = np.zeros_like(block)
    entries = np.sum([np.asarray(panel.indptr, np.int64) for panel in panels], axis=0)
    if not panels or not entries[-1]:
        return result
    threads = usable_threads() if entries[-1] > _PARALLEL_ENTRIES else 1
    shares = np.linspace(0, entries[-1], threads + 1)[1:-1]
    edges = [0, *np.searchsorted(entries, shares).tolist(), len(block)]
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with ThreadPoolExecutor(threads) as pool:
            done = [
                pool.submit(_add_rows, panels, block, result, low, high)
                for low, high in pairwise(edges)
            ]
            for each in done:
                each.result()
    finally:
        torch.set_num_threads(before)
    return result


def _add_rows(
    panels: tuple[SparseRows, ...], block: FloatArray, result: FloatArray, low: int, high: int
) -> None:
    """Add some rows of the product to the result."""
    import torch
    from torch.nn.functional import embedding_bag

    rows, total = torch.from_numpy(block), torch.from_numpy(result[low:high])
    start = 0
    for panel in panels:
        end = start + panel.shape[1]
        own = slice(panel.indptr[low], panel.indptr[high])
        total += embedding_bag(
            torch.from_numpy(panel.indices[own]),
            rows[start:end],
            torch.from_numpy(panel.indptr[low : high + 1] - panel.indptr[low]),
            mode="sum",
            per_sample_weights=torch.from_numpy(panel.data[own]),
            include_last_offset=True,
        )
        start = end


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
