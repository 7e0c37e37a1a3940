"""Positive normalised PMI: PMI over the pair's own self-information, between 0 and 1."""

import numpy as np

from labelsphere.linalg import SparsePlusLowRank
from labelsphere.space.association.lift import lift, seen_pairs
from labelsphere.space.counts import Counts


def positive_npmi(counts: Counts) -> SparsePlusLowRank:
    """max(0, PMI(i, j) / −log p(i, j)).

    A pair never seen together has the limit −1 and gets 0. The diagonal is 1: all labels weigh
    alike in a sum. A pair that every image holds is 0/0 and gets 0, since it says nothing.

    Args:
        counts: Co-occurrence counts.

    Returns:
        Sparse association.
    """
    matrix = seen_pairs(counts)
    pmi = np.log(lift(matrix, counts.n_images))
    surprise = -np.log(matrix.data / counts.n_images)
    normalised = np.zeros_like(pmi)
    np.divide(pmi, surprise, out=normalised, where=surprise > 0)
    matrix.data = np.clip(normalised, 0.0, 1.0)
    matrix.eliminate_zeros()
    return SparsePlusLowRank(matrix)
