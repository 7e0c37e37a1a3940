"""Change the vocabulary of a label space without fitting it again."""

from dataclasses import replace
from typing import TypeVar

import numpy as np
from scipy.sparse import csr_array

from labelsphere.annotations import Revision
from labelsphere.arrays import IntArray, SparseRows
from labelsphere.space.space_parts import SpaceParts

_Space = TypeVar("_Space", bound=SpaceParts)


def revise_space(space: _Space, revision: Revision) -> _Space:
    """`LabelSpace.revise`."""
    vocabulary, targets = revision.apply(space.vocabulary)
    size = len(vocabulary)
    weights = np.where(space.placed, np.maximum(space.counts, 1), 0).astype(np.float64)
    totals = _sums(targets, size) @ weights
    vectors = _sums(targets, size) @ (weights[:, None] * space.vectors.astype(np.float64))
    vectors /= np.maximum(totals, 1.0)[:, None]
    counts = np.rint(_sums(targets, size) @ space.counts.astype(np.float64))
    if space.record.images is not None:
        counts = np.minimum(counts, space.record.images)
    first = _sums(targets, size) @ space.fitted.astype(np.float64) > 0
    names = np.array(vocabulary.names, np.object_)
    later = tuple(names[~first].tolist()) if space.record.placed_later else ()
    return replace(
        space,
        vocabulary=vocabulary,
        vectors=vectors.astype(np.float32),
        counts=counts.astype(np.int64),
        record=replace(space.record, placed_later=later),
    )


def _sums(targets: IntArray, size: int) -> SparseRows:
    """CSR, new labels × old ones: adds up what becomes one label."""
    old = np.flatnonzero(targets >= 0)
    return csr_array((np.ones(len(old)), (targets[old], old)), shape=(size, len(targets)))
