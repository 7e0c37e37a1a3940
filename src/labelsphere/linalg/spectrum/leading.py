"""The largest eigenvalues with their vectors, by the solver that suits size and number."""

from dataclasses import replace

import numpy as np
from scipy.linalg import eigh
from scipy.sparse import csr_array

from labelsphere.arrays import DoubleArray, FloatArray, SparseRows
from labelsphere.errors import DataError, UsageError
from labelsphere.linalg.sparse_plus_low_rank import SparsePlusLowRank
from labelsphere.linalg.spectrum.chebyshev import solve_by_filter
from labelsphere.linalg.spectrum.eigenpairs import Spectrum
from labelsphere.linalg.spectrum.lanczos import solve_by_lanczos

_ALWAYS_EXACT = 1_024
"""Rows up to which LAPACK takes a second at most on one core."""
_LARGEST_EXACT = 32_768
_FILTER_SHARE = 0.4
_LANCZOS_SHARE = 16
_FEW = 32
_OUTLIER = 16.0
"""How many times the second value the first must be to be taken out beforehand."""
_COLUMNS = 256


def leading_eigenpairs(
    matrix: SparsePlusLowRank | SparseRows | DoubleArray,
    count: int | None = None,
    *,
    tolerance: float = 1e-3,
) -> Spectrum:
    """Find the algebraically largest eigenpairs, not the largest by magnitude.

    PMI is not positive definite: a singular value decomposition would turn strongly negative
    directions into positive ones. The solver is chosen by size and number:

    - ``"exact"``, LAPACK in float64: up to 1,024 rows, or where all positive pairs or more than
      two fifths of all are wanted;
    - ``"lanczos"``, ARPACK in float64, from products alone: up to 32 pairs, or up to a sixteenth
      of all where ``tolerance`` is 0;
    - ``"chebyshev"``, filtered subspaces, from products alone: everything else. Vectors and
      products are float32; inner products that decide what is orthogonal, residuals and the
      values, which are Rayleigh quotients, are summed in float64. How much of the spectrum was
      captured is estimated with random vectors, and the filter made stronger until the estimate
      is within the tolerance.

    The filter runs on a GPU where PyTorch has one and the problem is large. The same
    input gives the same output on the same machine, but for the last digits on a GPU. An
    eigenvalue counts as positive above N · 2.2e-16 · the largest: what is below is rounding.

    Args:
        matrix: Symmetric N × N, float64.
        count: How many pairs; None for all positive ones. At most N are returned.
        tolerance: Share of the largest possible sum of squares that the pairs may miss, where
            the solver is ``"chebyshev"``. 0: never use it.

    Returns:
        The spectrum. ``converged`` says whether the tolerance was kept.

    Raises:
        UsageError: If ``count`` is below 1, ``tolerance`` is negative or not finite, or a dense
            solution of more than 32,768 rows would be needed.
        DataError: If the matrix is empty, not square, not symmetric or not finite.

    Examples:
        >>> leading_eigenpairs(np.array([[0.0, 2.0], [2.0, -3.0]]), 1).values.round(6)
        array([1.])
    """
    matrix = _checked(matrix)
    if count is not None and count < 1:
        raise UsageError(f"count must be at least 1, but got {count}")
    if not (np.isfinite(tolerance) and tolerance >= 0):
        raise UsageError(f"tolerance must be a finite number of 0 or above, but got {tolerance}")
    size = matrix.shape[0]
    solver = _solver(size, count, tolerance)
    if solver == "chebyshev" and count is not None:
        return _filtered(matrix, count, tolerance)
    if solver == "lanczos" and count is not None:
        values, vectors = solve_by_lanczos(matrix, count)
        positives = _positive(values)
        known = len(positives) < len(values)
    else:
        _check_size(size, count, tolerance)
        values, vectors = eigh(matrix.to_dense(), driver="evd", overwrite_a=True)
        values, vectors = values[::-1], vectors[:, ::-1]
        positives = _positive(values)
        wanted = len(positives) if count is None else count
        # A copy, so that the vectors that are not wanted are freed.
        values, vectors = values[:wanted], vectors[:, :wanted].copy()
        known = True
    _fix_signs(vectors)
    return Spectrum(
        values=values,
        vectors=vectors,
        residuals=_residuals(matrix, vectors, values),
        solver=solver,
        positive=len(positives) if known else None,
        positive_share=_share_of_squares(values, positives) if known else None,
    )


def _solver(size: int, count: int | None, tolerance: float) -> str:
    """Choose the solver by size and number of pairs."""
    if count is None or size <= _ALWAYS_EXACT:
        return "exact"
    if count <= (size // _LANCZOS_SHARE if not tolerance else min(_FEW, size // _LANCZOS_SHARE)):
        return "lanczos"
    return "chebyshev" if tolerance and count <= _FILTER_SHARE * size else "exact"


def _filtered(matrix: SparsePlusLowRank, count: int, tolerance: float) -> Spectrum:
    """The spectrum by filtered subspaces."""
    rest, values, vectors = _without_outlier(matrix)
    found = solve_by_filter(rest, count - len(values), tolerance=tolerance)
    if not len(values):
        _fix_signs(found.vectors)
        return found
    assert found.positive is not None
    assert found.positive_share is not None
    # The filter leaves a little of the direction that was taken out.
    others = found.vectors - vectors @ (vectors.T @ found.vectors)
    others /= np.linalg.norm(others, axis=0)
    joined = np.hstack([vectors, others])
    _fix_signs(joined)
    squares = float(np.sum(values**2))
    kept = float(np.sum(found.values[found.values > 0] ** 2))
    total = kept / found.positive_share if found.positive_share else kept
    return replace(
        found,
        values=np.concatenate([values, found.values]),
        vectors=joined,
        residuals=np.concatenate(
            [_residuals(matrix, vectors.astype(np.float64), values), found.residuals]
        ),
        positive=found.positive + len(values),
        positive_share=(squares + kept) / (squares + total),
    )


def _residuals(matrix: SparsePlusLowRank, vectors: DoubleArray, values: DoubleArray) -> DoubleArray:
    """‖A·v − λ·v‖ of each pair."""
    found: DoubleArray = np.linalg.norm(matrix @ vectors - vectors * values, axis=0)
    return found


def _without_outlier(
    matrix: SparsePlusLowRank,
) -> tuple[SparsePlusLowRank, DoubleArray, FloatArray]:
    """The matrix without its largest pair, and that pair, if it is far above the second.

    Smoothed association has one such value, of the direction that all labels share. It would
    leave the others no digits of float32, and hide what is missed of them.
    """
    values, vectors = solve_by_lanczos(matrix, 2)
    if values[0] < _OUTLIER * max(abs(values[1]), np.finfo(np.float64).tiny):
        return matrix, values[:0], vectors[:, :0].astype(np.float32)
    first = vectors[:, :1]
    left = first[:, :0] if matrix.left is None else matrix.left
    right = first[:, :0] if matrix.right is None else matrix.right
    without = SparsePlusLowRank(
        matrix.sparse, np.hstack([left, -values[0] * first]), np.hstack([right, first])
    )
    return without, values[:1], first.astype(np.float32)


def _checked(matrix: SparsePlusLowRank | SparseRows | DoubleArray) -> SparsePlusLowRank:
    """Refuse what has no real spectrum. A `SparsePlusLowRank` is symmetric by its making."""
    if isinstance(matrix, SparsePlusLowRank):
        return matrix
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.shape[0]:
        raise DataError(f"the matrix must be square and not empty, but got shape {matrix.shape}")
    sparse: SparseRows = csr_array(matrix).astype(np.float64)
    if not np.isfinite(sparse.data).all():
        raise DataError("the matrix must be finite, but got NaN or infinite entries")
    if abs(sparse - sparse.T).max() > 1e-10 * abs(sparse).max():
        raise DataError("the matrix must be symmetric, but got one that differs from its transpose")
    return SparsePlusLowRank(sparse)


def _check_size(size: int, count: int | None, tolerance: float) -> None:
    """Refuse a dense matrix that would not fit most machines' memory."""
    if size > _LARGEST_EXACT:
        most = int(_FILTER_SHARE * size) if tolerance else size // _LANCZOS_SHARE
        raise UsageError(
            f"{'all positive' if count is None else count} eigenpairs of {size} rows would need "
            f"a dense matrix of {size**2 * 8 / 2**30:.0f} GiB; "
            f"choose a dim of at most {most}"
        )


def _positive(values: DoubleArray) -> DoubleArray:
    """Select the eigenvalues that are positive beyond rounding, from descending ones."""
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


def _fix_signs(vectors: DoubleArray | FloatArray) -> None:
    """Flip signs in place, so that the component of largest magnitude in each is positive."""
    for start in range(0, vectors.shape[1], _COLUMNS):
        some = vectors[:, start : start + _COLUMNS]
        highest, lowest = some.max(axis=0), some.min(axis=0)
        opposed = -lowest > highest
        # Of two components as large as each other the first decides.
        for column in np.flatnonzero(-lowest == highest):
            first = some[np.argmax(np.abs(some[:, column])), column]
            opposed[column] = first < 0
        some *= np.where(opposed, -1, 1).astype(some.dtype)
