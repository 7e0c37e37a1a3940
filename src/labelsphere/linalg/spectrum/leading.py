"""The largest eigenvalues with their vectors, by the solver that suits size and number."""

from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from scipy.sparse import csr_array

from labelsphere.arrays import DoubleArray, FloatArray, SparseRows
from labelsphere.errors import DataError, UsageError
from labelsphere.linalg.sparse_plus_low_rank import SparsePlusLowRank
from labelsphere.linalg.spectrum.chebyshev import solve_by_filter
from labelsphere.linalg.spectrum.exact import solve_exactly
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


@dataclass(frozen=True, eq=False)
class Spectrum:
    """The k algebraically largest eigenpairs of a symmetric N × N matrix A.

    Attributes:
        values: (k,) float64, descending; the last may be negative.
        vectors: (N, k), orthonormal columns, the component of largest magnitude in each positive;
            float64, or float32 where the solver is ``"chebyshev"``.
        residuals: (k,) float64, ‖A·v − λ·v‖ of each pair.
        solver: ``"exact"``, ``"lanczos"`` or ``"chebyshev"``.
        positive: How many eigenvalues of A are positive, or None where that is not known.
        positive_share: Share of the sum of A's squared positive eigenvalues that ``values`` hold,
            0 to 1, or None where that is not known.
        captured: Share of the sum of squares that the k largest eigenvalues have, as far as they
            are positive, that ``values`` hold at least, 0 to 1.
        uncertainty: Standard error of ``captured``; 0 where nothing is estimated.
        estimated: Whether ``positive``, ``positive_share`` and ``captured`` are estimates from
            random vectors.
        converged: Whether ``captured`` misses 1 by the tolerance at most.
        scale: Magnitude that the rounding of ``values`` is relative to; their largest if None.
    """

    values: DoubleArray
    vectors: DoubleArray | FloatArray
    residuals: DoubleArray
    solver: str
    positive: int | None
    positive_share: float | None
    captured: float = 1.0
    uncertainty: float = 0.0
    estimated: bool = False
    converged: bool = True
    scale: float | None = None

    @property
    def usable(self) -> int:
        """Number of ``values`` that are positive beyond rounding.

        Values found are no larger than those that are there (Courant and Fischer): if all k are
        positive, then A has k positive eigenvalues for certain, whatever the solver.
        """
        if not len(self.values):
            return 0
        scale = max(np.abs(self.values)) if self.scale is None else self.scale
        rounding = np.finfo(self.vectors.dtype).eps * scale
        return int(np.count_nonzero(self.values > len(self.vectors) * rounding))


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
    _check_matrix(matrix)
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
        values, vectors = solve_exactly(_dense(matrix))
        positives = _positive(values)
        wanted = len(positives) if count is None else count
        # A copy, so that the vectors that are not wanted are freed.
        values, vectors = values[:wanted], vectors[:, :wanted].copy()
        known = True
    vectors = _with_fixed_signs(vectors)
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


def _filtered(
    matrix: SparsePlusLowRank | SparseRows | DoubleArray, count: int, tolerance: float
) -> Spectrum:
    """The spectrum by filtered subspaces."""
    ahead, values, vectors = _outlier(matrix)
    rest = matrix if ahead is None else ahead
    found = solve_by_filter(rest, count - len(values), tolerance=tolerance)
    # The filter leaves a little of the direction that was taken out.
    others = found.vectors - vectors @ (vectors.T @ found.vectors)
    others /= np.linalg.norm(others, axis=0)
    squares = float(np.sum(values**2))
    kept = float(np.sum(found.values[found.values > 0] ** 2))
    total = kept / found.positive_share if found.positive_share else kept
    return Spectrum(
        values=np.concatenate([values, found.values]),
        vectors=_with_fixed_signs(np.hstack([vectors, others])),
        residuals=np.concatenate(
            [_residuals(matrix, vectors.astype(np.float64), values), found.residuals]
        ),
        solver="chebyshev",
        positive=found.positive + len(values),
        positive_share=(squares + kept) / (squares + total) if squares + total else 1.0,
        captured=found.captured,
        uncertainty=found.uncertainty,
        estimated=True,
        converged=found.converged,
        scale=float(np.max(np.abs(found.values), initial=0.0)),
    )


def _residuals(
    matrix: SparsePlusLowRank | SparseRows | DoubleArray, vectors: DoubleArray, values: DoubleArray
) -> DoubleArray:
    """‖A·v − λ·v‖ of each pair."""
    found: DoubleArray = np.linalg.norm(matrix @ vectors - vectors * values, axis=0)
    return found


def _outlier(
    matrix: SparsePlusLowRank | SparseRows | DoubleArray,
) -> tuple[SparsePlusLowRank | None, DoubleArray, FloatArray]:
    """The largest pair where it is far above the second, and the matrix without it.

    Smoothed association has one such value, of the direction that all labels share. It would
    leave the others no digits of float32, and hide what is missed of them.
    """
    none = np.empty(0), np.empty((matrix.shape[0], 0), np.float32)
    if not isinstance(matrix, SparsePlusLowRank):
        return None, *none
    values, vectors = solve_by_lanczos(matrix, 2)
    if values[0] < _OUTLIER * max(abs(values[1]), np.finfo(np.float64).tiny):
        return None, *none
    first = vectors[:, :1]
    left = first[:, :0] if matrix.left is None else matrix.left
    right = first[:, :0] if matrix.right is None else matrix.right
    without = SparsePlusLowRank(
        matrix.sparse, np.hstack([left, -values[0] * first]), np.hstack([right, first])
    )
    return without, values[:1], first.astype(np.float32)


def _check_matrix(matrix: SparsePlusLowRank | SparseRows | DoubleArray) -> None:
    """Refuse what has no real spectrum. An `SparsePlusLowRank` is symmetric by its making."""
    if isinstance(matrix, SparsePlusLowRank):
        return
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not matrix.shape[0]:
        raise DataError(f"the matrix must be square and not empty, but got shape {matrix.shape}")
    if not np.isfinite(_entries(matrix)).all():
        raise DataError("the matrix must be finite, but got NaN or infinite entries")
    largest = np.max(np.abs(_entries(matrix)), initial=0.0)
    if np.max(np.abs(_entries(matrix - matrix.T)), initial=0.0) > 1e-10 * largest:
        raise DataError("the matrix must be symmetric, but got one that differs from its transpose")


def _check_size(size: int, count: int | None, tolerance: float) -> None:
    """Refuse a dense matrix that would not fit most machines' memory."""
    if size > _LARGEST_EXACT:
        most = int(_FILTER_SHARE * size) if tolerance else size // _LANCZOS_SHARE
        raise UsageError(
            f"{'all positive' if count is None else count} eigenpairs of {size} rows would need "
            f"a dense matrix of {size**2 * 8 / 2**30:.0f} GiB; "
            f"choose a dim of at most {most}"
        )


def _entries(matrix: Any) -> DoubleArray:
    """The stored numbers of a sparse or dense matrix."""
    return np.asarray(matrix.data if isinstance(matrix, csr_array) else matrix, np.float64)


def _dense(matrix: SparsePlusLowRank | SparseRows | DoubleArray) -> DoubleArray:
    if isinstance(matrix, SparsePlusLowRank):
        return matrix.to_dense()
    return np.array(matrix.toarray() if isinstance(matrix, csr_array) else matrix, np.float64)


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


_Vectors = TypeVar("_Vectors", DoubleArray, FloatArray)


def _with_fixed_signs(vectors: _Vectors) -> _Vectors:
    """Flip signs in place, so that the component of largest magnitude in each is positive."""
    if not vectors.size:
        return vectors
    for start in range(0, vectors.shape[1], _COLUMNS):
        some = vectors[:, start : start + _COLUMNS]
        highest, lowest = some.max(axis=0), some.min(axis=0)
        opposed = -lowest > highest
        # Of two components as large as each other the first decides.
        for column in np.flatnonzero(-lowest == highest):
            first = some[np.argmax(np.abs(some[:, column])), column]
            opposed[column] = first < 0
        some *= np.where(opposed, -1, 1).astype(some.dtype)
    return vectors
