"""Counts of pairs, held only where there are any: for few images, and for very many labels."""

import numpy as np
from scipy.sparse import csr_array

from labelsphere.arrays import AnyArray, SparseRows
from labelsphere.space.counting.tag_block import TagBlock


class SparsePairs:
    """Sums over pairs of labels, as sorted sparse triangles that are merged when alike in size.

    Each number takes part in as many merges as there are doublings between a block and the whole,
    so that adding is nearly linear; memory is that of the distinct pairs, up to three times.

    Args:
        n_labels: Number of labels.
    """

    def __init__(self, n_labels: int) -> None:
        self.n_labels = n_labels
        self._parts: list[SparseRows] = []

    @property
    def size(self) -> int:
        """Pairs held, those that are in several parts counted several times."""
        return sum(part.nnz for part in self._parts)

    def add(self, block: TagBlock, *, compiled: bool) -> None:
        """Add the pairs of some images.

        Args:
            block: The images.
            compiled: Whether the pairs are written out by compiled code, which takes a second to
                load and is many times faster.
        """
        if not block.pairs:
            return
        keys, steps = (
            _compiled_pairs(block, self.n_labels) if compiled else _pairs(block, self.n_labels)
        )
        if steps is None:
            keys.sort()
        else:
            order = np.argsort(keys)
            keys, steps = keys[order], steps[order]
        starts = np.flatnonzero(np.diff(keys, prepend=-1))
        if steps is None:
            sums = np.diff(starts, append=len(keys))
        else:
            sums = np.add.reduceat(steps.astype(np.int64), starts)
        self._push(_triangle(keys[starts], sums, self.n_labels))

    def total(self) -> SparseRows:
        """The sums, CSR labels × labels int64, above the diagonal, sorted."""
        while len(self._parts) > 1:
            last = self._parts.pop()
            self._parts[-1] = _sum(self._parts[-1], last)
        if not self._parts:
            self._parts.append(csr_array((self.n_labels, self.n_labels), dtype=np.int64))
        return self._parts[0]

    def add_triangle(self, above: SparseRows) -> None:
        """Add sums that were made elsewhere: CSR labels × labels int64, above the diagonal."""
        self._push(above)

    def _push(self, part: SparseRows) -> None:
        self._parts.append(part)
        while len(self._parts) > 1 and self._parts[-2].nnz < 2 * self._parts[-1].nnz:
            last = self._parts.pop()
            self._parts[-1] = _sum(self._parts[-1], last)


def mirrored(above: SparseRows, diagonal: AnyArray, step: float) -> SparseRows:
    """A symmetric matrix from its upper triangle and its diagonal, float64, times ``step``.

    Args:
        above: CSR, labels × labels, above the diagonal.
        diagonal: (labels,) sums.
        step: What the sums are multiplied by.
    """
    size = len(diagonal)
    labels = np.flatnonzero(diagonal)
    ends = np.searchsorted(labels, np.arange(size + 1))
    middle = csr_array((diagonal[labels].astype(np.float64), labels, ends), shape=(size, size))
    upper: SparseRows = csr_array(above.astype(np.float64) + middle)
    joint: SparseRows = csr_array(upper + above.T.tocsr().astype(np.float64))
    joint.data *= step
    joint.sort_indices()
    return joint


def _sum(one: SparseRows, other: SparseRows) -> SparseRows:
    return csr_array(one + other)


def _triangle(keys: AnyArray, sums: AnyArray, n_labels: int) -> SparseRows:
    left, right = np.divmod(keys, n_labels)
    ends = np.searchsorted(left, np.arange(n_labels + 1))
    part: SparseRows = csr_array((sums, right, ends), shape=(n_labels, n_labels))
    # SciPy would look through all of them to find it out.
    part.has_sorted_indices = True
    part.has_canonical_format = True
    return part


def _compiled_pairs(block: TagBlock, n_labels: int) -> tuple[AnyArray, AnyArray | None]:
    """Key of each pair, int64, and its smaller confidence where confidences are counted."""
    from labelsphere.space.counting.kernels import write_keys, write_smaller

    keys = np.empty(block.pairs, np.int64)
    write_keys(block.starts, block.labels, 0, block.n_images, n_labels, 0, keys)
    if block.steps is None:
        return keys, None
    smaller = np.empty(block.pairs, np.uint32)
    write_smaller(block.starts, block.steps, 0, block.n_images, 0, smaller)
    return keys, smaller


def _pairs(block: TagBlock, n_labels: int) -> tuple[AnyArray, AnyArray | None]:
    """The same in NumPy, by writing out each tag with those after it in its image."""
    ends = np.repeat(block.starts[1:], np.diff(block.starts))
    partners = ends - np.arange(len(block.labels)) - 1
    left = np.repeat(np.arange(len(block.labels)), partners)
    before = np.repeat(np.cumsum(partners) - partners, partners)
    right = left + 1 + np.arange(len(left)) - before
    keys = block.labels[left].astype(np.int64) * n_labels + block.labels[right]
    if block.steps is None:
        return keys, None
    return keys, np.minimum(block.steps[left], block.steps[right])
