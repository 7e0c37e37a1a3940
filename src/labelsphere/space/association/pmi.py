"""Positive pointwise mutual information (§3.1)."""

import numpy as np

from labelsphere.linalg import SparsePlusLowRank
from labelsphere.space.association.lift import lift, seen_pairs
from labelsphere.space.counts import Counts


def positive_pmi(counts: Counts) -> SparsePlusLowRank:
    """max(0, log p(i, j) / (p(i)·p(j))), natural logarithm.

    A pair never seen together has PMI −∞ and gets 0, as has every pair seen less often than by
    chance. The diagonal is self-information −log p. A label never seen has a zero row, and so
    has one that every image has: its presence says nothing.

    Args:
        counts: Co-occurrence counts.

    Returns:
        Sparse association.
    """
    matrix = seen_pairs(counts)
    matrix.data = np.maximum(0.0, np.log(lift(matrix, counts.n_images)))
    matrix.eliminate_zeros()
    return SparsePlusLowRank(matrix)
