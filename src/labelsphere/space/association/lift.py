"""Lift: how much more often two labels occur together than if they were independent."""

import numpy as np

from labelsphere.arrays import DoubleArray, SparseRows
from labelsphere.space.counts import Counts


def seen_pairs(counts: Counts) -> SparseRows:
    """The joint counts without explicit zeros, as a copy whose data may be replaced.

    Args:
        counts: Co-occurrence counts.

    Returns:
        CSR, labels × labels, float64, one entry for each pair seen together.
    """
    joint = counts.joint.astype(np.float64, copy=True)
    joint.eliminate_zeros()
    return joint


def lift(joint: SparseRows, n_images: float) -> DoubleArray:
    """p(i, j) / (p(i)·p(j)) of each pair seen together, (entries of ``joint``,) float64.

    A single division of products keeps the lift of exactly independent counts at exactly 1.

    Args:
        joint: Joint counts without explicit zeros.
        n_images: Number of images counted.
    """
    once = joint.diagonal()
    rows = np.repeat(np.arange(joint.shape[0]), np.diff(joint.indptr))
    ratio: DoubleArray = joint.data * n_images / (once[rows] * once[joint.indices])
    return ratio
