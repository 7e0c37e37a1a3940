"""Rows of tags in blocks that are checked, sorted and small enough to count at once."""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_array, issparse

from labelsphere.arrays import AnyArray, SparseRows
from labelsphere.errors import DataError
from labelsphere.space.counting.fixed_point import confidence_steps
from labelsphere.space.counting.threads import in_threads
from labelsphere.space.presence import confidence_rows

_IMAGES_AT_ONCE = 1 << 21
_PAIRS_AT_ONCE = 1 << 25
"""Every block passes the counts once: of larger ones there are fewer."""


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


def tag_blocks(rows: SparseRows, *, weighted: bool, threads: int = 0) -> Iterator[TagBlock]:
    """Cut rows into blocks of at most 33 million pairs, or one image where it has more.

    Args:
        rows: CSR, images × labels. Values are confidences; zeros are no tags.
        weighted: Whether confidences are wanted.
        threads: How many threads of compiled code look through the tags. 0: NumPy alone does,
            which takes longer for many and needs no code loaded.

    Raises:
        DataError: If a value is negative or not finite, or above 1 where weighted.
    """
    if not issparse(rows) or rows.format != "csr":
        raise DataError(f"tags must be a SciPy CSR array, but got {type(rows).__name__}")
    start = 0
    while start < rows.shape[0]:
        stop, pairs = _cut(rows.indptr, start, compiled=threads > 0)
        yield _block(rows, start, stop, pairs, weighted, threads)
        start = stop


def _cut(starts: AnyArray, start: int, *, compiled: bool) -> tuple[int, int]:
    """The image after a block's last, and the pairs of the block."""
    if compiled:
        from labelsphere.space.counting.kernels import block_end

        end, pairs = block_end(starts, start, _IMAGES_AT_ONCE, _PAIRS_AT_ONCE)
        return int(end), int(pairs)
    stop = min(len(starts) - 1, start + _IMAGES_AT_ONCE)
    sums = np.cumsum(_pairs(starts[start : stop + 1]))
    images = max(1, int(np.searchsorted(sums, _PAIRS_AT_ONCE, side="right")))
    return start + images, int(sums[images - 1])


def _pairs(starts: AnyArray) -> AnyArray:
    """Pairs of each image, int64."""
    lengths = np.diff(starts).astype(np.int64)
    return np.asarray(lengths * (lengths - 1) // 2)


def _block(
    rows: SparseRows, start: int, stop: int, pairs: int, weighted: bool, threads: int
) -> TagBlock:
    first, last = int(rows.indptr[start]), int(rows.indptr[stop])
    # A view of the rows: the whole is never copied.
    starts = rows.indptr[start : stop + 1].astype(np.int64)
    starts -= first
    labels, values = rows.indices[first:last], rows.data[first:last]
    if not _are_clean(starts, labels, values, rows.shape[1], threads):
        shape = (stop - start, rows.shape[1])
        clean = confidence_rows(csr_array((values, labels, starts), shape=shape))
        starts, labels, values = clean.indptr.astype(np.int64), clean.indices, clean.data
        pairs = int(_pairs(starts).sum())
    steps = None
    if weighted:
        if len(values) and values.max() > 1:
            raise DataError(f"confidences must be 0 to 1, but got {values.max():g}")
        steps = confidence_steps(values)
    return TagBlock(starts, labels.astype(np.int32, copy=False), steps, pairs)


def _are_clean(
    starts: AnyArray, labels: AnyArray, values: AnyArray, n_labels: int, threads: int
) -> bool:
    """Whether labels ascend in each image and all values are finite and above 0.

    Raises:
        DataError: If there is no such label.
    """
    if not len(labels):
        return True
    if threads:
        from labelsphere.space.counting.kernels import tags_ascend

        edges = np.linspace(0, len(starts) - 1, threads + 1).astype(np.int64).tolist()

        def look(t: int) -> tuple[bool, bool]:
            own = values[starts[edges[t]] : starts[edges[t + 1]]]
            inside, ascending = tags_ascend(starts, labels, edges[t], edges[t + 1], n_labels)
            return inside, ascending and _are_present(own)

        found = in_threads(look, threads)
        inside, clean = (all(part) for part in zip(*found, strict=True))
    else:
        inside = labels.min() >= 0 and labels.max() < n_labels
        block = csr_array((values, labels, starts), shape=(len(starts) - 1, n_labels))
        clean = block.has_canonical_format and _are_present(values)
    if not inside:
        raise DataError(f"tags name a label outside the {n_labels} of the vocabulary")
    return bool(clean)


def _are_present(values: AnyArray) -> bool:
    # A comparison with NaN is false.
    return not len(values) or bool(values.min() > 0 and np.isfinite(values.max()))
