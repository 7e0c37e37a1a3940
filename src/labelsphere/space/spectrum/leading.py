"""The largest eigenvalues with their vectors, by the solver that suits size and number."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_array

from labelsphere.arrays import DoubleArray, SparseRows
from labelsphere.errors import DataError, UsageError
from labelsphere.space.association import Association
from labelsphere.space.spectrum.exact import solve_exactly
from labelsphere.space.spectrum.lanczos import solve_by_lanczos

_ALWAYS_EXACT = 4_096
_LARGEST_EXACT = 32_768
_LANCZOS_SHARE = 16


@dataclass(frozen=True, eq=False)
class Spectrum:
    """The k algebraically largest eigenpairs of a symmetric N × N matrix A.

    Attributes:
        values: (k,) float64, descending; the last may be negative.
        vectors: (N, k) float64, orthonormal columns, the component of largest magnitude in each
            positive.
        residuals: (k,) float64, ‖A·v − λ·v‖ of each pair.
        solver: ``"exact"`` or ``"lanczos"``.
        positive: How many eigenvalues of A are positive, or None where that is not known.
        positive_share: Share of the sum of A's squared positive eigenvalues that ``values`` hold,
            0 to 1, or None where that is not known.
    """

    values: DoubleArray
    vectors: DoubleArray
    residuals: DoubleArray
    solver: str
    positive: int | None
    positive_share: float | None


def leading_eigenpairs(
    matrix: Association | SparseRows | DoubleArray, count: int | None = None
) -> Spectrum:
    """The algebraically largest eigenpairs, not the largest by magnitude.

    PMI is not positive definite: a singular value decomposition would turn strongly negative
    directions into positive ones. Up to 4,096 rows, or where more than a sixteenth of all pairs
    is wanted, LAPACK solves the dense matrix; else Lanczos' method needs products only. The same
    input gives the same output on the same machine.

    An eigenvalue counts as positive above N · 2.2e-16 · the largest: what is below is rounding.

    Args:
        matrix: Symmetric N × N, float64.
        count: How many pairs; None for all positive ones. At most N are returned.

    Returns:
        The spectrum.

    Raises:
        UsageError: If ``count`` is below 1, or a dense solution of more than 32,768 rows would be
            needed.
        DataError: If the matrix is empty, not square, not symmetric or not finite.

    Examples:
        >>> leading_eigenpairs(np.array([[0.0, 2.0], [2.0, -3.0]]), 1).values.round(6)
        array([1.])
    """
    _check_matrix(matrix)
    if count is not None and count < 1:
        raise UsageError(f"count must be at least 1, but got {count}")
    size = matrix.shape[0]
    few = count is not None and count <= size // _LANCZOS_SHARE
    if few and count is not None and size > _ALWAYS_EXACT:
        solver = "lanczos"
        values, vectors = solve_by_lanczos(matrix, count)
        positives = _positive(values)
        known = len(positives) < len(values)
    else:
        _check_size(size, count)
        solver = "exact"
        values, vectors, every = solve_exactly(_dense(matrix), count)
        positives = _positive(every)
        known = True
    if count is None:
        values, vectors = values[: len(positives)], vectors[:, : len(positives)]
    vectors = _with_fixed_signs(vectors)
    return Spectrum(
        values=values,
        vectors=vectors,
        residuals=np.linalg.norm(matrix @ vectors - vectors * values, axis=0),
        solver=solver,
        positive=len(positives) if known else None,
        positive_share=_share_of_squares(values, positives) if known else None,
    )


def _check_matrix(matrix: Association | SparseRows | DoubleArray) -> None:
    """Refuse what has no real spectrum. An `Association` is symmetric by its making."""
    if isinstance(matrix, Association):
        return
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.shape[0]:
        raise DataError(f"the matrix must be square and not empty, but got shape {matrix.shape}")
    if not np.isfinite(_entries(matrix)).all():
        raise DataError("the matrix must be finite, but got NaN or infinite entries")
    largest = np.max(np.abs(_entries(matrix)), initial=0.0)
    if np.max(np.abs(_entries(matrix - matrix.T)), initial=0.0) > 1e-10 * largest:
        raise DataError("the matrix must be symmetric, but got one that differs from its transpose")


def _check_size(size: int, count: int | None) -> None:
    """Refuse a dense matrix that would not fit most machines' memory."""
    if size > _LARGEST_EXACT:
        raise UsageError(
            f"{'all positive' if count is None else count} eigenpairs of {size} labels would need "
            f"a dense matrix of {size**2 * 8 / 2**30:.0f} GiB; "
            f"choose a dim of at most {size // _LANCZOS_SHARE}"
        )


def _entries(matrix: Any) -> DoubleArray:
    """The stored numbers of a sparse or dense matrix."""
    return np.asarray(matrix.data if isinstance(matrix, csr_array) else matrix, np.float64)


def _dense(matrix: Association | SparseRows | DoubleArray) -> DoubleArray:
    if isinstance(matrix, Association):
        return matrix.to_dense()
    return np.asarray(matrix.toarray() if isinstance(matrix, csr_array) else matrix, np.float64)


def _positive(values: DoubleArray) -> DoubleArray:
    """Those of some descending eigenvalues that are positive beyond rounding."""
    if not len(values):
        return values
    largest = max(abs(values[0]), abs(values[-1]))
    kept: DoubleArray = values[values > len(values) * np.finfo(np.float64).eps * largest]
    return kept


def _share_of_squares(values: DoubleArray, positives: DoubleArray) -> float:
    """Sum of squares of the leading values over that of all positive ones; 1 if there are none."""
    if not len(positives):
        return 1.0
    scaled = positives / positives[0]
    return float(np.sum(scaled[: len(values)] ** 2) / np.sum(scaled**2))


def _with_fixed_signs(vectors: DoubleArray) -> DoubleArray:
    """Each column, or its opposite, so that its component of largest magnitude is positive."""
    peaks = np.take_along_axis(vectors, np.argmax(np.abs(vectors), axis=0)[None], axis=0)
    turned: DoubleArray = vectors * np.where(peaks < 0, -1.0, 1.0)
    return turned
