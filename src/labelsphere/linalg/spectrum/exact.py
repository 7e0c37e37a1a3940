"""Full spectrum of a dense matrix by LAPACK, in float64."""

import numpy as np
from scipy.linalg import eigh

from labelsphere.arrays import DoubleArray


def solve_exactly(matrix: DoubleArray) -> tuple[DoubleArray, DoubleArray]:
    """Find all eigenpairs by one dense solution (divide and conquer).

    Args:
        matrix: Dense symmetric N × N, float64; overwritten.

    Returns:
        All N values, descending, and their vectors (N, N), float64.
    """
    values, vectors = eigh(matrix, driver="evd", overwrite_a=True)
    return np.asarray(values[::-1], np.float64), np.asarray(vectors[:, ::-1], np.float64)
