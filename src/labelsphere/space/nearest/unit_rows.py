"""Rows brought to unit norm."""

import numpy as np

from labelsphere.arrays import FloatArray


def with_unit_rows(vectors: FloatArray) -> FloatArray:
    """Each row over its Euclidean norm, float32; zero rows stay zero."""
    norms = np.sqrt(np.einsum("ij,ij->i", vectors, vectors, dtype=np.float64))[:, None]
    unit = np.zeros_like(vectors, np.float32)
    np.divide(vectors, norms, out=unit, where=norms > 0, casting="same_kind")
    return unit
