"""Rows brought to unit norm."""

import numpy as np

from labelsphere.arrays import FloatArray


def with_unit_rows(vectors: FloatArray) -> FloatArray:
    """Divide each row by its Euclidean norm.

    Args:
        vectors: (rows, k) float32.

    Returns:
        (rows, k) float32. Norms are computed in float64; rows of zeros stay zero, and a row with an
        infinite coordinate has NaN there.
    """
    norms = np.sqrt(np.einsum("...j,...j->...", vectors, vectors, dtype=np.float64))[..., None]
    unit = np.zeros_like(vectors, np.float32)
    with np.errstate(invalid="ignore"):
        np.divide(vectors, norms, out=unit, where=norms != 0, casting="same_kind")
    return unit
