"""What is known of the leading eigenpairs of a matrix."""

from dataclasses import dataclass

import numpy as np

from labelsphere.arrays import DoubleArray, FloatArray


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
