"""A label space over a changed vocabulary, without fitting it anew."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import csr_array

from labelsphere.annotations import Revision
from labelsphere.arrays import IntArray, SparseRows
from labelsphere.space.placement import PLACED_LATER, fitted

if TYPE_CHECKING:
    from labelsphere.space.label_space import LabelSpace


def revise_space(space: "LabelSpace", revision: Revision) -> "LabelSpace":
    """`LabelSpace.revise`."""
    vocabulary, places = revision.apply(space.vocabulary)
    size = len(vocabulary)
    weights = np.where(space.placed, np.maximum(space.counts, 1), 0).astype(np.float64)
    totals = _sums(places, size) @ weights
    vectors = _sums(places, size) @ (weights[:, None] * space.vectors.astype(np.float64))
    vectors /= np.maximum(totals, 1.0)[:, None]
    counts = np.rint(_sums(places, size) @ space.counts.astype(np.float64))
    images = space.config.get("images")
    if isinstance(images, int | float):
        counts = np.minimum(counts, images)
    config = dict(space.config)
    if PLACED_LATER in config:
        first = _sums(places, size) @ fitted(space).astype(np.float64) > 0
        names = np.array(vocabulary.names, np.object_)
        config[PLACED_LATER] = names[~first].tolist()
    return replace(
        space,
        vocabulary=vocabulary,
        vectors=vectors.astype(np.float32),
        counts=counts.astype(np.int64),
        config=config,
    )


def _sums(places: IntArray, size: int) -> SparseRows:
    """CSR, new labels × old ones: adds up what becomes one label."""
    old = np.flatnonzero(places >= 0)
    return csr_array((np.ones(len(old)), (places[old], old)), shape=(size, len(places)))
