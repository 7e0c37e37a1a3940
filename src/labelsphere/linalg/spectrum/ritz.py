"""The best eigenpairs that a space of many columns holds (Rayleigh and Ritz)."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, cholesky, eigh
from scipy.linalg.blas import dsyrk, strsm

from labelsphere.arrays import DoubleArray, FloatArray
from labelsphere.linalg.spectrum.blocks import COLUMNS
from labelsphere.linalg.spectrum.columns import column_products
from labelsphere.linalg.spectrum.products import Product

_ROWS = 4_096
_SLAB = 512
LEAST = 1e-15
"""Smallest square of an independent column's own share, and smallest eigenvalue, relative."""


@dataclass(frozen=True, eq=False)
class RitzPairs:
    """Approximate eigenpairs.

    Attributes:
        values: (k,) float64, descending, the Rayleigh quotients of the vectors.
        vectors: N × k, float32, orthonormal.
        residuals: (k,) float64, ‖A·v − λ·v‖ of each pair.
    """

    values: DoubleArray
    vectors: FloatArray
    residuals: DoubleArray


def ritz_pairs(product: Product, basis: FloatArray, count: int) -> RitzPairs:
    """The leading eigenpairs of a matrix within the span of some columns.

    Products are float32; inner products that decide what is orthogonal, Rayleigh quotients and
    residuals are summed in float64.

    Args:
        product: The matrix A.
        basis: N × columns float32, of length 1 or 0; overwritten.
        count: How many pairs; fewer are returned where the columns span less.

    Returns:
        The pairs.
    """
    basis = _orthonormal(basis)
    values, turn = _reduced(_projected(product, basis), basis)
    count = min(count, basis.shape[1])
    return measured(product, _turned(basis, turn[:, ::-1][:, :count]), values[::-1][:count])


def _orthonormal(basis: FloatArray) -> FloatArray:
    """The same span with columns that are orthonormal to some digits.

    What rounding leaves is in the inner products, which the reduction takes into account.
    """
    gram = np.zeros((basis.shape[1],) * 2, order="F")
    for start in range(0, len(basis), _ROWS):
        # Rows in C order are columns in Fortran's: nothing is copied, one triangle is summed.
        rows = basis[start : start + _ROWS].astype(np.float64).T
        gram = dsyrk(1.0, rows, beta=1.0, c=gram, overwrite_c=1)
    try:
        if np.diag(gram).min() < 0.5:
            raise LinAlgError("columns of zeros")
        factor = cholesky(gram, lower=False, overwrite_a=True, check_finite=False)
        if np.diag(factor).min() ** 2 < LEAST:
            raise LinAlgError("columns that depend on each other")
    except LinAlgError:
        return _independent(basis)
    # Columns in C order are rows in Fortran's: the transposed system is solved in place.
    single = np.asfortranarray(factor.astype(np.float32))
    solved: FloatArray = strsm(1.0, single, basis.T, trans_a=1, overwrite_b=1).T
    return solved


def _independent(basis: FloatArray) -> FloatArray:
    """An orthonormal basis of columns that may depend on each other, by eigenvectors."""
    double = basis.astype(np.float64)
    values, vectors = eigh(double.T @ double, check_finite=False)
    kept = values > LEAST * len(values) * values[-1]
    turned: FloatArray = np.ascontiguousarray(
        double @ (vectors[:, kept] / np.sqrt(values[kept])), np.float32
    )
    return turned


def _projected(product: Product, basis: FloatArray) -> FloatArray:
    """BᵀAB on and above the diagonal, zeros or anything below."""
    width = basis.shape[1]
    projected = np.zeros((width, width), np.float32)
    for start in range(0, width, _SLAB):
        stop = min(width, start + _SLAB)
        image = np.empty((len(basis), stop - start), np.float32)
        for first in range(start, stop, COLUMNS):
            last = min(stop, first + COLUMNS)
            image[:, first - start : last - start] = product @ np.ascontiguousarray(
                basis[:, first:last]
            )
        projected[:stop, start:stop] = basis[:, :stop].T @ image
    return projected


def _reduced(upper: FloatArray, basis: FloatArray) -> tuple[DoubleArray, FloatArray]:
    """Eigenpairs, ascending, of the small problem H·s = λ·M·s with M = BᵀB near 1."""
    inner = basis.T @ basis
    small = np.triu(upper, 1)
    small += small.T.copy()
    np.fill_diagonal(small, np.diagonal(upper))
    double = cholesky(inner.astype(np.float64), overwrite_a=True, check_finite=False)
    factor = np.asfortranarray(double, np.float32)
    small = strsm(1.0, factor, small, trans_a=1)
    small = strsm(1.0, factor, small, side=1, overwrite_b=1)
    # LAPACK reads one triangle; the other differs from it by rounding.
    values, turn = eigh(small, driver="evd", overwrite_a=True, check_finite=False)
    return values.astype(np.float64), strsm(1.0, factor, turn, overwrite_b=1)


def _turned(basis: FloatArray, turn: FloatArray) -> FloatArray:
    """Combinations of the columns, a band of rows at a time."""
    turn = np.ascontiguousarray(turn)
    vectors = np.empty((len(basis), turn.shape[1]), np.float32)
    for start in range(0, len(basis), _ROWS):
        band = slice(start, start + _ROWS)
        np.matmul(basis[band], turn, out=vectors[band])
    return vectors


def measured(product: Product, vectors: FloatArray, values: DoubleArray) -> RitzPairs:
    """Rayleigh quotients and residuals of vectors whose values are nearly known.

    A product with the matrix costs less than turning what it gave for a basis.

    Args:
        product: The matrix.
        vectors: N × k float32, orthonormal.
        values: (k,) float64.
    """
    quotients, lengths, squares = (np.zeros(len(values)) for _ in range(3))
    near = values.astype(np.float32)
    for start in range(0, len(values), COLUMNS):
        slab = slice(start, start + COLUMNS)
        part = np.ascontiguousarray(vectors[:, slab])
        # What remains of A·v beyond λ·v: small, so that float32 keeps its digits.
        beyond = product @ part
        beyond -= part * near[slab]
        quotients[slab] = column_products(part, beyond)
        lengths[slab] = column_products(part, part)
        squares[slab] = column_products(beyond, beyond)
    correction = quotients / lengths
    # The values were rounded to float32 where they were subtracted.
    refined = near.astype(np.float64) + correction
    residuals = np.sqrt(np.maximum(squares / lengths - correction**2, 0.0))
    order = np.argsort(-refined, kind="stable")
    if (np.diff(order) != 1).any():
        vectors = vectors[:, order]
    return RitzPairs(refined[order], vectors, residuals[order])
