"""Products of a large symmetric matrix with blocks of float32 columns."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array

from labelsphere.arrays import DoubleArray, FloatArray, IntArray, SparseRows
from labelsphere.space.association import Association

COLUMNS = 256
"""Columns multiplied at once: few enough that a sum of rows stays in the fastest cache."""

_PARALLEL_ENTRIES = 1 << 16


@dataclass(frozen=True, eq=False)
class BlockProduct:
    """A symmetric matrix as products with blocks of float32 columns, rows in an order of its own.

    Sparse stays sparse, and a low-rank part stays low rank: the dense matrix is never formed,
    unless it was given dense. Rows of many entries come first: the rows of a block that they
    share, those of common labels, then lie together and stay in the cache.

    Attributes:
        order: (N,) int64: row i of a block belongs to row ``order[i]`` of the matrix.
        matrix: The sparse part, CSR float32, or the dense matrix, float32.
        left: N × rank float32, or None.
        right: N × rank float32, or None.
    """

    order: IntArray
    matrix: SparseRows | FloatArray
    left: FloatArray | None = None
    right: FloatArray | None = None

    @classmethod
    def of(cls, matrix: Association | SparseRows | DoubleArray) -> "BlockProduct":
        """Prepare the products of a matrix.

        Args:
            matrix: Symmetric N × N.
        """
        if isinstance(matrix, np.ndarray):
            return cls(np.arange(len(matrix)), matrix.astype(np.float32))
        given = matrix if isinstance(matrix, Association) else Association(matrix)
        sparse = given.sparse
        order = np.argsort(-np.diff(sparse.indptr), kind="stable")
        single: SparseRows = csr_array(
            (sparse.data.astype(np.float32), sparse.indices, sparse.indptr), shape=sparse.shape
        )
        ordered: SparseRows = csr_array(single[order][:, order])
        ordered.sort_indices()
        left, right = (
            None if part is None else part[order].astype(np.float32)
            for part in (given.left, given.right)
        )
        return cls(order, ordered, left, right)

    @property
    def size(self) -> int:
        """N, the number of rows."""
        return len(self.order)

    def __matmul__(self, block: FloatArray) -> FloatArray:
        """Product with N × columns, float32, C-contiguous; a new array."""
        return self.step(block, 1.0, 0.0)

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
        matrix: SparseRows,
        block: FloatArray,
        factor: float,
        shift: float,
        before: FloatArray | None,
        result: FloatArray,
    ) -> None:
        # Loaded where it is needed: the compiler takes a second to load.
        from labelsphere.space.spectrum.kernels import multiply_rows

        multiply = partial(multiply_rows, matrix.indptr, matrix.indices, matrix.data, block, result)
        numbers = np.float32(factor), np.float32(shift)
        earlier = np.empty((0, 0), np.float32) if before is None else before
        threads = usable_threads() if matrix.nnz > _PARALLEL_ENTRIES else 1
        shares = np.linspace(0, matrix.nnz, threads + 1)[1:-1]
        edges = [0, *np.searchsorted(matrix.indptr, shares).tolist(), matrix.shape[0]]
        if threads == 1:
            multiply(0, matrix.shape[0], *numbers, earlier)
            return
        with ThreadPoolExecutor(threads) as pool:
            parts = [
                pool.submit(multiply, low, high, *numbers, earlier) for low, high in pairwise(edges)
            ]
            for part in parts:
                part.result()


def usable_threads() -> int:
    """Processor cores that this process may use, or fewer where ``OMP_NUM_THREADS`` says so."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    limit = int(wanted) if wanted.isdecimal() and int(wanted) else None
    return min(cores or 1, limit or cores or 1)
