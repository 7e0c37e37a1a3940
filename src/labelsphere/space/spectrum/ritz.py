"""The best eigenpairs that a space of many columns holds (Rayleigh and Ritz)."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import LinAlgError, cholesky, eigh
from scipy.linalg.blas import dsyrk, strsm

from labelsphere.arrays import DoubleArray, FloatArray
from labelsphere.space.spectrum.blocks import COLUMNS, BlockProduct

_ROWS = 4_096
_SLAB = 512
_LEAST = 1e-15


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


def ritz_pairs(product: BlockProduct, basis: FloatArray, count: int) -> RitzPairs:
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
    width = basis.shape[1]
    image = np.empty_like(basis)
    for start in range(0, width, COLUMNS):
        slab = slice(start, start + COLUMNS)
        image[:, slab] = product @ np.ascontiguousarray(basis[:, slab])
    values, turn = _reduced(_upper(basis, image), basis.T @ basis)
    count = min(count, width)
    turn = turn[:, ::-1][:, :count].copy()
    values = values[::-1][:count]
    return _rotated(basis, image, turn, values)


def _orthonormal(basis: FloatArray) -> FloatArray:
    """The same span with columns that are orthonormal to some digits.

    What rounding leaves is in the inner products, which the reduction takes into account.
    """
    gram = np.zeros((basis.shape[1],) * 2, order="F")
    for start in range(0, len(basis), _ROWS):
        # Rows in C order are columns in Fortran's: nothing is copied, one triangle is summed.
        part = basis[start : start + _ROWS].astype(np.float64).T
        gram = dsyrk(1.0, part, beta=1.0, c=gram, overwrite_c=1)
    try:
        if np.diag(gram).min() < 0.5:
            raise LinAlgError("columns of zeros")
        factor = cholesky(gram, lower=False, overwrite_a=True, check_finite=False)
        if np.diag(factor).min() ** 2 < _LEAST:
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
    kept = values > _LEAST * len(values) * values[-1]
    turned: FloatArray = np.ascontiguousarray(
        double @ (vectors[:, kept] / np.sqrt(values[kept])), np.float32
    )
    return turned


def _upper(basis: FloatArray, image: FloatArray) -> FloatArray:
    """BᵀAB on and above the diagonal, zeros or anything below."""
    width = basis.shape[1]
    projected = np.zeros((width, width), np.float32)
    for start in range(0, width, _SLAB):
        stop = min(width, start + _SLAB)
        projected[:stop, start:stop] = basis[:, :stop].T @ image[:, start:stop]
    return projected


def _reduced(upper: FloatArray, inner: FloatArray) -> tuple[DoubleArray, FloatArray]:
    """Eigenpairs, ascending, of the small problem H·s = λ·M·s with M near 1."""
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


def _rotated(
    basis: FloatArray, image: FloatArray, turn: FloatArray, values: DoubleArray
) -> RitzPairs:
    """Vectors, Rayleigh quotients and residuals, a band of rows at a time."""
    vectors = np.empty((len(basis), turn.shape[1]), np.float32)
    quotients, lengths, squares = (np.zeros(turn.shape[1]) for _ in range(3))
    near = values.astype(np.float32)
    for start in range(0, len(basis), _ROWS):
        band = slice(start, start + _ROWS)
        part = basis[band] @ turn
        # What remains of A·v beyond λ·v: small, so that float32 keeps its digits.
        beyond = image[band] @ turn
        beyond -= part * near
        quotients += np.einsum("ij,ij->j", part, beyond, dtype=np.float64)
        lengths += np.einsum("ij,ij->j", part, part, dtype=np.float64)
        squares += np.einsum("ij,ij->j", beyond, beyond, dtype=np.float64)
        vectors[band] = part
    correction = quotients / lengths
    # The values were rounded to float32 where they were subtracted.
    refined = near.astype(np.float64) + correction
    residuals = np.sqrt(np.maximum(squares / lengths - correction**2, 0.0))
    order = np.argsort(-refined, kind="stable")
    if (np.diff(order) != 1).any():
        vectors = vectors[:, order]
    return RitzPairs(refined[order], vectors, residuals[order])
