"""Compiled product of sparse rows with a block of columns. Loading this module loads Numba.

The caller's threads run it side by side on rows of their own; it holds no lock.
"""

import numpy as np
from numba import njit

from labelsphere.arrays import AnyArray, FloatArray

# Sums may be taken in any order, which lets them run in vector registers; infinities are kept.
_SUMS = {"nnan", "nsz", "reassoc", "contract"}


@njit(nogil=True, cache=True, fastmath=_SUMS)
def begin_rows(
    block: FloatArray,
    result: FloatArray,
    low: int,
    high: int,
    scale: np.float32,
    before: FloatArray,
) -> None:
    """Rows of ``scale · block − before``.

    Args:
        block: N × columns float32, C-contiguous.
        result: N × columns float32, C-contiguous; rows from ``low`` to ``high`` are overwritten.
            It may be ``before``.
        low: First row.
        high: Row after the last.
        scale: float32.
        before: N × columns float32, C-contiguous, or 0 × 0 for nothing.
    """
    for row in range(low, high):
        own, written = block[row], result[row]
        if len(before):
            earlier = before[row]
            for j in range(block.shape[1]):
                written[j] = scale * own[j] - earlier[j]
        else:
            for j in range(block.shape[1]):
                written[j] = scale * own[j]


@njit(nogil=True, cache=True, fastmath=_SUMS)
def add_rows(
    indptr: AnyArray,
    indices: AnyArray,
    data: FloatArray,
    block: FloatArray,
    result: FloatArray,
    low: int,
    high: int,
    factor: np.float32,
) -> None:
    """Add rows of ``factor · A·block`` to the result.

    A row of the product is summed in a buffer that stays in the fastest cache, from four rows of
    the block at a time.

    Args:
        indptr: (N + 1,) int32 or int64 of a CSR matrix A, N × rows of the block.
        indices: (entries,) int32 or int64.
        data: (entries,) float32.
        block: Rows × columns float32, C-contiguous.
        result: N × columns float32, C-contiguous; rows from ``low`` to ``high`` are added to.
        low: First row.
        high: Row after the last.
        factor: float32.
    """
    width = block.shape[1]
    total = np.empty(width, np.float32)
    for row in range(low, high):
        entry, end = indptr[row], indptr[row + 1]
        if entry == end:
            continue
        for j in range(width):
            total[j] = 0.0
        while entry + 4 <= end:
            value_0, value_1 = data[entry], data[entry + 1]
            value_2, value_3 = data[entry + 2], data[entry + 3]
            row_0, row_1 = block[indices[entry]], block[indices[entry + 1]]
            row_2, row_3 = block[indices[entry + 2]], block[indices[entry + 3]]
            for j in range(width):
                pair = value_0 * row_0[j] + value_1 * row_1[j]
                total[j] += pair + (value_2 * row_2[j] + value_3 * row_3[j])
            entry += 4
        while entry < end:
            value, other = data[entry], block[indices[entry]]
            for j in range(width):
                total[j] += value * other[j]
            entry += 1
        written = result[row]
        for j in range(width):
            written[j] += factor * total[j]
