"""A few leading eigenpairs of a large matrix from its products alone."""

import numpy as np
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigsh

from labelsphere.arrays import DoubleArray
from labelsphere.errors import UsageError
from labelsphere.linalg.sparse_plus_low_rank import SparsePlusLowRank

_SEED = 0


def solve_by_lanczos(matrix: SparsePlusLowRank, count: int) -> tuple[DoubleArray, DoubleArray]:
    """The algebraically largest eigenpairs by ARPACK's implicitly restarted Lanczos method.

    Start vector and restarts are seeded, so that the same matrix gives the same pairs.

    Args:
        matrix: Symmetric N × N.
        count: How many pairs, below N.

    Returns:
        The values (k,), descending, and their vectors (N, k), float64.

    Raises:
        UsageError: If the method does not converge.
    """
    size = matrix.shape[0]
    rng = np.random.default_rng(_SEED)
    operator = LinearOperator((size, size), matvec=lambda v: matrix @ v, dtype=np.float64)
    start = rng.standard_normal(size)
    try:
        values, vectors = eigsh(operator, k=count, which="LA", v0=start, rng=rng)
    except ArpackNoConvergence as error:
        raise UsageError(
            f"only {len(error.eigenvalues)} of {count} eigenpairs of {size} rows converged; "
            "choose a smaller dim"
        ) from error
    order = np.argsort(-values, kind="stable")
    return values[order], vectors[:, order]
