"""How far a product in low precision can be from the exact one.

With x̃ = x + δx and ỹ = y + δy the rounded factors, and each of the k additions rounded with
relative error u at most, Cauchy and Schwarz bound what the product of the rounded factors misses:

|fl(x̃·ỹ) − x·y| ≤ ‖δx‖·‖y‖ + ‖x̃‖·‖δy‖ + γ·‖x̃‖·‖ỹ‖,  γ = k·u / (1 − k·u), u = 2⁻²⁴,

whatever the order of the additions (Higham, Accuracy and Stability of Numerical Algorithms, §3.1).
‖δx‖ and ‖δy‖ are measured, not assumed. The bound is kept as one number a point times one number
a label.
"""

from dataclasses import dataclass

import numpy as np

from labelsphere.arrays import BoolArray, FloatArray

SAFE_NORMS = (2.0**-30, 2.0**30)
"""Between these no product of two rows over- or underflows float32 or bfloat16."""

BFLOAT16_ROUNDING = 2.0**-8
"""Largest relative error of one rounding to bfloat16, which has 8 significant bits."""

_SLACK = 1 + 2.0**-8
"""Covers the rounding of the bounds' own arithmetic, and ‖x̃‖ ≤ (1 + 2⁻⁸)·‖x‖."""

_UNKNOWN = np.float32(2.0**100)
"""Weight of a label whose error is unknown: at any point within `SAFE_NORMS` it is a candidate."""


@dataclass(frozen=True, eq=False)
class Rounding:
    """Rows as they enter a product of low precision.

    Attributes:
        norms: (rows,) float32, the rows' norms.
        errors: (rows,) float32, the norms of what rounding took from the rows.
        unsafe: (rows,) bool: rows outside `SAFE_NORMS`, of which the product tells nothing.
    """

    norms: FloatArray
    errors: FloatArray
    unsafe: BoolArray


def unrounded(rows: FloatArray) -> Rounding:
    """For rows that enter a product as they are."""
    norms = row_norms(rows)
    unsafe = ~((norms >= SAFE_NORMS[0]) & (norms <= SAFE_NORMS[1]))
    # A row of exact zeros has exact products; squares of what is nearly zero vanish too.
    zero = np.zeros(len(rows), np.bool_)
    zero[unsafe] = ~np.any(rows[unsafe] != 0, axis=1)
    return Rounding(norms, np.zeros_like(norms), unsafe & ~zero)


def row_norms(rows: FloatArray) -> FloatArray:
    """Euclidean norms, float32, up to a relative error that `_SLACK` covers."""
    with np.errstate(over="ignore"):
        squares: FloatArray = np.einsum("ij,ij->i", rows, rows)
        return np.sqrt(squares)


def error_weights(points: Rounding, labels: Rounding, width: int) -> tuple[FloatArray, FloatArray]:
    """Bounds on the error of a product of points and labels.

    Args:
        points: How the points were rounded; none of them unsafe.
        labels: How the labels were rounded.
        width: Number of dimensions k.

    Returns:
        (points,) and (labels,) float32: the product's error at point i and label j is at most the
        product of entries i and j.
    """
    additions = width * 2.0**-24 / (1 - width * 2.0**-24)
    nonzero = points.norms > 0
    relative = np.max(points.errors[nonzero] / points.norms[nonzero], initial=0.0)
    # 2⁻²² is for points that were brought to unit norm in float32.
    factor = np.float32((relative + additions * _SLACK + 2.0**-22) * _SLACK)
    weights = np.float32(_SLACK**2) * labels.errors + factor * labels.norms
    weights[labels.unsafe] = _UNKNOWN
    return np.float32(_SLACK) * points.norms, weights
