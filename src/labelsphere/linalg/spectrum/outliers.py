"""The few pairs at an end of a large matrix's spectrum, which would outgrow every filter."""

from typing import Literal

import numpy as np
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

from labelsphere.arrays import AnyArray, DoubleArray
from labelsphere.linalg.spectrum.density import Density
from labelsphere.linalg.spectrum.filtering import Deflation
from labelsphere.linalg.spectrum.products import Product
from labelsphere.linalg.spectrum.ritz import RitzPairs, measured

_TOLERANCE = 0.02
"""Relative. Pairs far from the others are found to many more digits by then, and those that crowd
need not be separated."""
_OUTLIERS = (0, 1, 2, 4, 8, 16, 32)


def end_pairs(
    product: Product, number: int, end: Literal["LA", "SA"], start: DoubleArray
) -> RitzPairs:
    """Some pairs at an end of the spectrum, by Lanczos' method with restarts.

    Args:
        product: The matrix.
        number: How many, below N.
        end: ``"LA"`` for the largest, ``"SA"`` for the smallest.
        start: (N,) what the method starts from.

    Returns:
        The pairs, values descending; fewer where the method does not converge.
    """
    operator = LinearOperator(
        (product.size, product.size),
        matvec=lambda v: (product @ v.astype(np.float32).reshape(-1, 1)).ravel(),
        dtype=np.float32,
    )
    values: AnyArray
    vectors: AnyArray
    try:
        values, vectors = eigsh(operator, k=number, which=end, v0=start, tol=_TOLERANCE)
    except ArpackNoConvergence as error:
        values, vectors = error.eigenvalues, error.eigenvectors
    order = np.argsort(-values, kind="stable")
    found = np.ascontiguousarray(vectors[:, order], np.float32)
    return measured(product, found, values[order].astype(np.float64))


def without_outliers(product: Product, density: Density) -> tuple[float, Deflation]:
    """A lower bound of the spectrum, but for a few pairs far below the others.

    Returns:
        The bound, and the pairs that are below it.
    """
    margin = _TOLERANCE * (density.highest - density.lowest)
    reach = density.value_at(product.size - _OUTLIERS[-1]) - margin
    lowest = [density.value_at(product.size - number - 0.5) for number in _OUTLIERS]
    number = next(n for n, low in zip(_OUTLIERS, lowest, strict=True) if low >= reach)
    none = Deflation(np.empty((product.size, 0), np.float32), np.empty(0))
    if not number or number + 1 >= product.size:
        return density.lowest - margin, none
    pairs = end_pairs(product, number + 1, "SA", density.probes[:, 0].astype(np.float64))
    if len(pairs.values) <= number:
        return density.lowest - margin, none
    low = float(pairs.values[0])
    few = Deflation(np.ascontiguousarray(pairs.vectors[:, 1:]), pairs.values[1:])
    return low - _TOLERANCE * abs(low), few
