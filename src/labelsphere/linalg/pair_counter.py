"""Counts of columns and of pairs of columns in sparse rows: Yᵀ·Y for the binary Y."""

from itertools import pairwise

import numpy as np
from scipy.sparse import csr_array, issparse

from labelsphere.arrays import AnyArray, SparseRows
from labelsphere.errors import DataError, UsageError
from labelsphere.linalg.fixed_point import STEP, confidence_steps
from labelsphere.linalg.presence import confidence_rows

_PAIRS_AT_ONCE = 1 << 22
"""Pairs that are written out and sorted together, about 200 MB with what is derived from them."""


class PairCounter:
    """Sums over rows that are added block by block; their order and division do not matter.

    The pairs of a block are written out as one number each and sorted, and equal ones counted. The
    sums of blocks are sparse matrices above the diagonal, merged when they are alike in size, so
    that memory grows with the distinct pairs and not with the rows. Sums are whole numbers, of rows
    or of steps of confidence (`STEP`), and so exact.

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
        self._alone = np.zeros(n_labels, np.int64)
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
        size = self.n_labels
        while len(self._sums) > 1:
            self._merge()
        above = self._sums[0] if self._sums else csr_array((size, size), dtype=np.int64)
        filled = np.flatnonzero(self._alone)
        middle = csr_array((self._alone[filled], (filled, filled)), shape=(size, size))
        upper: SparseRows = csr_array((above + middle).astype(np.float64))
        joint: SparseRows = csr_array(upper + above.T.tocsr().astype(np.float64))
        if self.weighted:
            joint.data *= STEP
        joint.sort_indices()
        return joint

    def _add_block(self, rows: SparseRows) -> None:
        steps = None
        if self.weighted:
            if rows.nnz and rows.data.max() > 1:
                raise DataError(f"confidences must be 0 to 1, but got {rows.data.max():g}")
            steps = confidence_steps(rows.data)
        self.n_images += rows.shape[0]
        # Whole numbers below 2⁵³: exact in the float64 that weighted counts are added in.
        sums = np.bincount(rows.indices, weights=steps, minlength=self.n_labels)
        self._alone += sums.astype(np.int64)
        keys, smaller = _written_out(rows, steps)
        if not len(keys):
            return
        if smaller is None:
            keys.sort()
        else:
            order = np.argsort(keys)
            keys, smaller = keys[order], smaller[order]
        first = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
        if smaller is None:
            counts = np.diff(first, append=len(keys))
        else:
            counts = np.add.reduceat(smaller, first, dtype=np.int64)
        left, right = np.divmod(keys[first].astype(np.int64), self.n_labels)
        ends = np.searchsorted(left, np.arange(self.n_labels + 1))
        self._sums.append(
            csr_array((counts.astype(np.int64), right, ends), shape=(self.n_labels,) * 2)
        )
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


def _written_out(rows: SparseRows, steps: AnyArray | None) -> tuple[AnyArray, AnyArray | None]:
    """Number of each pair, ``left * columns + right``, and the smaller of its steps.

    In every row each entry is paired with the next, then with the one after that, and so on.
    """
    size = rows.shape[1]
    kind = np.uint32 if size**2 <= 1 << 32 else np.int64
    columns: AnyArray = rows.indices.astype(kind)
    left = columns * kind(size)
    ends = np.repeat(rows.indptr[1:], np.diff(rows.indptr))
    entries = np.arange(len(columns))
    keys, smaller = [np.empty(0, kind)], [np.empty(0, np.uint32)]
    for distance in range(1, len(columns)):
        entries = entries[entries + distance < ends[entries]]
        if not len(entries):
            break
        keys.append(left[entries] + columns[entries + distance])
        if steps is not None:
            smaller.append(np.minimum(steps[entries], steps[entries + distance]))
    return np.concatenate(keys), None if steps is None else np.concatenate(smaller)
