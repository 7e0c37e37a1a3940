"""Smoothed PMI, signed: every pair has a finite value, held as sparse plus rank two."""

import numpy as np

from labelsphere.errors import UsageError
from labelsphere.linalg import SparsePlusLowRank
from labelsphere.space.association.lift import seen_pairs
from labelsphere.space.counts import Counts


def smoothed_pmi(counts: Counts, smoothing: float = 1.0) -> SparsePlusLowRank:
    """Log (n_ij + a)·(D + a) / ((n_i + a)·(n_j + a)), natural logarithm, sign kept.

    These are the PMI of the counts with ``a`` imaginary images added that have every label.
    Joint counts, marginals and total then belong together: each grows by ``a``. The diagonal
    stays a self-information, −log (n_i + a) / (D + a), and no pair exceeds it.

    With n_ij = 0 the value is c − m_i − m_j, where m_i = log (n_i + a) and
    c = log a + log (D + a): rank two. Pairs seen together add log (1 + n_ij / a): sparse.
    Labels never seen keep zero rows.

    Args:
        counts: Co-occurrence counts.
        smoothing: The number of imaginary images a, above 0.

    Returns:
        SparsePlusLowRank with sparse part and rank-two part.

    Raises:
        UsageError: If ``smoothing`` is not a finite number above 0.
    """
    if not (np.isfinite(smoothing) and smoothing > 0):
        raise UsageError(
            f"smoothing must be a finite number above 0, but got {smoothing}; "
            "the measure without smoothing is 'pmi'"
        )
    matrix = seen_pairs(counts)
    matrix.data = np.log1p(matrix.data / smoothing)
    seen = (counts.occurrences > 0).astype(np.float64)
    marginal = np.log(counts.occurrences + smoothing) * seen
    constant = np.log(smoothing) + np.log(counts.n_images + smoothing)
    left = np.stack([seen, marginal], axis=1)
    right = np.stack([constant * seen - marginal, -seen], axis=1)
    return SparsePlusLowRank(matrix, left, right)
