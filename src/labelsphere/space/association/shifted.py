"""Shifted positive PMI: what skip-gram with negative sampling factorises (§2, [12])."""

import numpy as np

from labelsphere.errors import UsageError
from labelsphere.linalg import SparsePlusLowRank
from labelsphere.space.association.lift import lift, seen_pairs
from labelsphere.space.counts import Counts


def shifted_pmi(counts: Counts, shift: float = 5.0) -> SparsePlusLowRank:
    """max(0, PMI − log shift): only pairs seen more than ``shift`` times as often as by chance.

    The diagonal stays self-information −log p: shifted like the pairs it would replace
    every label in more than 1 / shift of the images.

    Args:
        counts: Co-occurrence counts.
        shift: Above 0; the number of negative samples in word2vec's terms. 1 is positive PMI.

    Returns:
        Sparse association.

    Raises:
        UsageError: If ``shift`` is not a finite number above 0.
    """
    if not (np.isfinite(shift) and shift > 0):
        raise UsageError(f"shift must be a finite number above 0, but got {shift}")
    matrix = seen_pairs(counts)
    pmi = np.log(lift(matrix, counts.n_images))
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    matrix.data = np.maximum(0.0, np.where(rows == matrix.indices, pmi, pmi - np.log(shift)))
    matrix.eliminate_zeros()
    return SparsePlusLowRank(matrix)
