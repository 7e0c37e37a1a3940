"""Counts of columns and of pairs of columns in sparse rows: Yᵀ·Y for the binary Y."""

from itertools import pairwise

import numpy as np
import polars as pl
from scipy.sparse import csr_array, issparse

from labelsphere.arrays import AnyArray, SparseRows
from labelsphere.errors import DataError, UsageError
from labelsphere.space.fixed_point import STEP, confidence_steps
from labelsphere.space.presence import confidence_rows

_PAIRS_AT_ONCE = 1 << 24
"""Pairs that are written out and sorted together; sorting takes about 200 MB."""


class PairCounter:
    """Sums over rows that are added block by block; their order and division do not matter.

    Each pair is written out as one number. When they are many, they are sorted, and equal ones
    added up. These sums are sparse matrices above the diagonal, merged when they are alike in size,
    so that memory grows with the distinct pairs and not with the rows. Sums are whole numbers below
    2⁵³, of rows or of steps of confidence (`STEP`), and so exact in float64.

    Args:
        n_labels: Number of columns.
        weighted: False: a row counts 1. True: it counts its value in the column, and a pair the
            smaller of its two.

    Raises:
        UsageError: If there are more than 2³¹ columns.
    """

    def __init__(self, n_labels: int, *, weighted: bool = False) -> None:
        if n_labels >= 1 << 31:
            raise UsageError(f"at most 2³¹ labels can be counted, but got {n_labels:,}")
        self.n_labels = n_labels
        self.weighted = weighted
        self.n_images = 0
        self._alone = np.zeros(n_labels)
        self._waiting: list[pl.DataFrame] = []
        self._n_waiting = 0
        self._sums: list[SparseRows] = []

    def add(self, rows: SparseRows) -> None:
        """Count some more rows.

        Args:
            rows: CSR, rows × columns. Values are confidences; zeros do not count.

        Raises:
            UsageError: If the rows have another number of columns.
            DataError: If a value is negative or not finite, or above 1 where weighted.
        """
        if not issparse(rows) or rows.format != "csr":
            raise DataError(f"tags must be a SciPy CSR array, but got {type(rows).__name__}")
        if rows.shape[1] != self.n_labels:
            raise UsageError(
                f"tags have {rows.shape[1]} columns, but {self.n_labels} labels are counted; "
                "expected one column a label"
            )
        lengths = np.diff(rows.indptr).astype(np.int64)
        pairs = np.concatenate([[0], np.cumsum(lengths * (lengths - 1) // 2)])
        edges = [0]
        while edges[-1] < rows.shape[0]:
            enough = np.searchsorted(pairs, pairs[edges[-1]] + _PAIRS_AT_ONCE, side="right") - 1
            # Rows without pairs take memory too.
            edges.append(int(np.clip(enough, edges[-1] + 1, edges[-1] + _PAIRS_AT_ONCE)))
        for start, stop in pairwise(edges):
            self._add_block(_clean(rows, start, stop))

    def joint(self) -> SparseRows:
        """Return the sums: CSR columns × columns, float64, symmetric, sorted; no zeros stored."""
        self._sort_waiting()
        # Half of the diagonal here, and half in the transpose. Halves of whole numbers are exact.
        filled = np.flatnonzero(self._alone).astype(np.int32)
        halves = (self._alone[filled] / 2, (filled, filled))
        self._alone[:] = 0
        self._sums.append(csr_array(halves, shape=(self.n_labels, self.n_labels)))
        while len(self._sums) > 1:
            self._merge()
        upper = self._sums[0]
        joint: SparseRows = csr_array(upper + upper.T.tocsr())
        if self.weighted:
            joint.data *= STEP
        return joint

    def _add_block(self, rows: SparseRows) -> None:
        steps = None
        if self.weighted:
            if rows.nnz and rows.data.max() > 1:
                raise DataError(f"confidences must be 0 to 1, but got {rows.data.max():g}")
            steps = confidence_steps(rows.data)
        self.n_images += rows.shape[0]
        self._alone += np.bincount(rows.indices, weights=steps, minlength=self.n_labels)
        pairs = _written_out(rows, steps)
        if self._n_waiting + len(pairs) > _PAIRS_AT_ONCE:
            self._sort_waiting()
        if len(pairs):
            self._waiting.append(pairs)
            self._n_waiting += len(pairs)

    def _sort_waiting(self) -> None:
        if not self._waiting:
            return
        pairs = pl.concat(self._waiting).sort("pair")
        self._waiting, self._n_waiting = [], 0
        # Polars sees that the pairs are sorted, and hashes nothing.
        sums = pairs.group_by("pair", maintain_order=True).agg(
            pl.col("steps").cast(pl.Int64).sum() if self.weighted else pl.len().alias("steps")
        )
        left, right = np.divmod(sums["pair"].to_numpy(), self.n_labels)
        ends = np.searchsorted(left, np.arange(self.n_labels + 1, dtype=left.dtype))
        values = sums["steps"].to_numpy().astype(np.float64)
        shape = (self.n_labels, self.n_labels)
        # 32-bit indices: SciPy widens them where sums have more than 2³¹ entries.
        indices = (right.astype(np.int32), ends.astype(np.int32))
        self._sums.append(csr_array((values, *indices), shape=shape))
        # Each number takes part in as many merges as there are doublings up to the whole.
        while len(self._sums) > 1 and self._sums[-2].nnz < 2 * self._sums[-1].nnz:
            self._merge()

    def _merge(self) -> None:
        last = self._sums.pop()
        self._sums[-1] = csr_array(self._sums[-1] + last)


def _clean(rows: SparseRows, start: int, stop: int) -> SparseRows:
    """Some rows with each column once, ascending, and values above 0."""
    first, last = int(rows.indptr[start]), int(rows.indptr[stop])
    indices, values = rows.indices[first:last], rows.data[first:last]
    if len(indices) and not (indices.min() >= 0 and indices.max() < rows.shape[1]):
        raise DataError(f"tags name a label outside the {rows.shape[1]} of the vocabulary")
    # A view of the rows: the whole is never copied.
    block: SparseRows = csr_array(
        (values, indices, rows.indptr[start : stop + 1] - first),
        shape=(stop - start, rows.shape[1]),
    )
    # A comparison with NaN is false.
    present = not len(values) or (values.min() > 0 and np.isfinite(values.max()))
    return block if present and block.has_canonical_format else confidence_rows(block)


def _written_out(rows: SparseRows, steps: AnyArray | None) -> pl.DataFrame:
    """Pairs of columns within each row, ``left * n_columns + right``.

    Args:
        rows: CSR, rows × columns, indices sorted, each once.
        steps: Weights of its entries, or None.

    Returns:
        ``pair``, and ``steps``, the smaller of the two, where steps are given.
    """
    size = rows.shape[1]
    kind = np.uint32 if size**2 <= 1 << 32 else np.uint64
    lengths = np.diff(rows.indptr)
    pairs, smaller = [np.empty(0, kind)], [np.empty(0, np.uint32)]
    # Rows of one length are the columns of a matrix; nearly all rows have one of a few lengths.
    for length in np.unique(lengths[lengths > 1]):
        entries = rows.indptr[:-1][lengths == length] + np.arange(length)[:, None]
        columns = rows.indices[entries].astype(kind)
        left = columns * kind(size)
        for distance in range(1, length):
            pairs.append((left[:-distance] + columns[distance:]).ravel())
            if steps is not None:
                own = steps[entries]
                smaller.append(np.minimum(own[:-distance], own[distance:]).ravel())
    written = {"pair": np.concatenate(pairs)}
    return pl.DataFrame(written if steps is None else written | {"steps": np.concatenate(smaller)})
