"""Inner products of the columns of two blocks."""

import numpy as np

from labelsphere.arrays import DoubleArray, FloatArray

_ROWS = 256


def column_products(one: FloatArray, other: FloatArray) -> DoubleArray:
    """The inner product of each column with the same column of another block.

    Bands of rows are summed in float32 and then in float64: nearly as exact as float64 throughout,
    at a fraction of the time.

    Args:
        one: N × columns float32.
        other: N × columns float32.

    Returns:
        (columns,) float64.
    """
    total = np.zeros(one.shape[1])
    for start in range(0, len(one), _ROWS):
        band = slice(start, start + _ROWS)
        total += np.einsum("ij,ij->j", one[band], other[band])
    return total
