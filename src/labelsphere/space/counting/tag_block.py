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
    n_images = rows.shape[0]
    start = 0
    while start < n_images:
        stop = min(n_images, start + _IMAGES_AT_ONCE)
        pairs = np.cumsum(_pairs(rows.indptr[start : stop + 1]))
        stop = start + max(1, int(np.searchsorted(pairs, _PAIRS_AT_ONCE, side="right")))
        yield _block(rows, start, min(stop, n_images), weighted, threads)
        start = stop


def _pairs(starts: AnyArray) -> AnyArray:
    """Pairs of each image, int64."""
    lengths = np.diff(starts).astype(np.int64)
    pairs = lengths * lengths
    pairs -= lengths
    pairs >>= 1
    return pairs


def _block(rows: SparseRows, start: int, stop: int, weighted: bool, threads: int) -> TagBlock:
    first, last = int(rows.indptr[start]), int(rows.indptr[stop])
    # A view of the rows: the whole is never copied.
    starts = rows.indptr[start : stop + 1].astype(np.int64)
    starts -= first
    labels, values = rows.indices[first:last], rows.data[first:last]
    if not _are_clean(starts, labels, values, rows.shape[1], threads):
        shape = (stop - start, rows.shape[1])
        clean = confidence_rows(csr_array((values, labels, starts), shape=shape))
        starts, labels, values = clean.indptr.astype(np.int64), clean.indices, clean.data
    steps = None
    if weighted:
        if len(values) and values.max() > 1:
            raise DataError(f"confidences must be 0 to 1, but got {values.max():g}")
        steps = confidence_steps(values)
    pairs = int(_pairs(starts).sum())
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

        found = in_threads(look, threads, threads)
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
