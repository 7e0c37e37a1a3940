"""Rows of tags in blocks that are checked, sorted and small enough to count at once."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array, issparse

from labelsphere.arrays import AnyArray, SparseRows
from labelsphere.errors import DataError
from labelsphere.space.counting.fixed_point import confidence_steps
from labelsphere.space.presence import confidence_rows

_IMAGES_AT_ONCE = 1 << 20
_PAIRS_AT_ONCE = 1 << 24


class TagBlock(NamedTuple):
    """The tags of some images.

    Attributes:
        starts: (images + 1,) int64: where an image's tags begin in ``labels``, and end.
        labels: (tags,) int32, ascending within an image, each once.
        steps: (tags,) uint32: confidences in steps, see `confidence_steps`; None where they are
            not counted.
        pairs: Number of pairs of labels in all images, a label with itself not among them.
    """

    starts: AnyArray
    labels: AnyArray
    steps: AnyArray | None
    pairs: int

    @property
    def n_images(self) -> int:
        """Number of images."""
        return len(self.starts) - 1


def tag_blocks(rows: SparseRows, *, weighted: bool) -> Iterator[TagBlock]:
    """Cut rows into blocks of at most 16 million pairs, or one image where it has more.

    Args:
        rows: CSR, images × labels. Values are confidences; zeros are no tags.
        weighted: Whether confidences are wanted.

    Raises:
        DataError: If a value is negative or not finite, or above 1 where weighted.
    """
    if not issparse(rows) or rows.format != "csr":
        raise DataError(f"tags must be a SciPy CSR array, but got {type(rows).__name__}")
    n_images = rows.shape[0]
    start = 0
    while start < n_images:
        stop = min(n_images, start + _IMAGES_AT_ONCE)
        lengths = np.diff(rows.indptr[start : stop + 1]).astype(np.int64)
        pairs = np.cumsum(lengths * (lengths - 1) // 2)
        stop = start + max(1, int(np.searchsorted(pairs, _PAIRS_AT_ONCE, side="right")))
        yield _block(rows, start, min(stop, n_images), weighted)
        start = stop


def _block(rows: SparseRows, start: int, stop: int, weighted: bool) -> TagBlock:
    first, last = int(rows.indptr[start]), int(rows.indptr[stop])
    # A view of the rows: the whole is never copied.
    parts = (rows.data[first:last], rows.indices[first:last], rows.indptr[start : stop + 1] - first)
    block: SparseRows = csr_array(parts, shape=(stop - start, rows.shape[1]))
    indices, values = block.indices, block.data
    if len(indices) and (indices.min() < 0 or indices.max() >= rows.shape[1]):
        raise DataError(f"tags name a label outside the {rows.shape[1]} of the vocabulary")
    present = not len(values) or (values.min() > 0 and np.isfinite(values.max()))
    if not (present and block.has_canonical_format):
        block = confidence_rows(block)
    steps = None
    if weighted:
        if len(block.data) and block.data.max() > 1:
            raise DataError(f"confidences must be 0 to 1, but got {block.data.max():g}")
        steps = confidence_steps(block.data)
    starts = block.indptr.astype(np.int64)
    lengths = np.diff(starts)
    pairs = int((lengths * (lengths - 1) // 2).sum())
    return TagBlock(starts, block.indices.astype(np.int32, copy=False), steps, pairs)
