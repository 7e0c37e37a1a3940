"""Standardisation of columns, computed from training rows in one or two passes over blocks."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from labelsphere.arrays import AnyArray, DoubleArray, IntArray

_ROWS_A_BLOCK = 4096


def learn_standardisation(matrix: Any, rows: IntArray) -> tuple[DoubleArray, DoubleArray]:
    """Compute each column's mean and scale.

    Dense columns get mean 0 and standard deviation 1. Sparse columns keep their zeros and get a
    largest magnitude of 1, because division by the standard deviation would make rare words huge.
    A column that does not vary within float32's precision is divided by 1.

    Args:
        matrix: (n, width), dense or CSR.
        rows: Training rows, (b,), b ≥ 1.

    Returns:
        Mean and scale, float64, (width,) each.
    """
    if isinstance(matrix, csr_array):
        return _of_sparse(matrix, rows)
    total = sum(block.sum(axis=0) for block in _blocks(matrix, rows))
    mean = np.asarray(total / len(rows))
    squares = sum(np.square(block - mean).sum(axis=0) for block in _blocks(matrix, rows))
    deviation = np.sqrt(squares / len(rows))
    varies = deviation > np.finfo(np.float32).eps * np.abs(mean)
    return mean, np.where(varies, deviation, 1.0)


def _of_sparse(matrix: Any, rows: IntArray) -> tuple[DoubleArray, DoubleArray]:
    largest = abs(matrix[rows]).max(axis=0).toarray().ravel().astype(np.float64)
    return np.zeros(matrix.shape[1]), np.where(largest > 0, largest, 1.0)


def _blocks(matrix: AnyArray, rows: IntArray) -> Iterator[DoubleArray]:
    """Yield the rows in float64, some thousand at a time, so memory maps are read in blocks."""
    rows = np.sort(rows)
    for start in range(0, len(rows), _ROWS_A_BLOCK):
        yield matrix[rows[start : start + _ROWS_A_BLOCK]].astype(np.float64)
