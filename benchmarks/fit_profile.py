"""Where the time of a fit goes, and how much work there is."""

import time
from typing import Any


def profile(path: str, dim: int) -> dict[str, Any]:
    """Fit once with a clock in every phase.

    Args:
        path: A matrix, as `fit_methods.simulate` writes it.
        dim: How many pairs.

    Returns:
        Seconds in all and by phase; columns, degree and deflated vectors of the last filter.
    """
    from fit_methods import prepare
    from phases import Phases
    from scipy.sparse import csr_array, load_npz

    from labelsphere.linalg import SparsePlusLowRank
    from labelsphere.linalg.spectrum import chebyshev, ritz
    from labelsphere.linalg.spectrum.blocks import BlockProduct
    from labelsphere.linalg.spectrum.filtering import Filter

    matrix = SparsePlusLowRank(csr_array(load_npz(path)))
    prepare("labelsphere")
    phases = Phases()

    def of_filter(polynomial: Any, _: Any, known: Any, result: Any, *__: Any) -> dict[str, float]:
        return {
            "degree": polynomial.degree,
            "columns": -(-result.shape[1] // 2),
            "deflated": len(known.values),
            "width": result.shape[1] + len(known.values),
        }

    phases.time(BlockProduct, "of", "prepare")
    phases.time(chebyshev, "estimate_density", "density")
    phases.time(chebyshev, "without_outliers", "ahead")
    phases.time(chebyshev._Search, "_ahead", "ahead")
    phases.time(Filter, "apply", "filter", of_filter)
    phases.time(ritz, "_orthonormal", "orthogonal")
    phases.time(ritz, "_projected", "projected")
    phases.time(ritz, "_reduced", "small solution")
    phases.time(ritz, "_turned", "turned")
    phases.time(ritz, "measured", "residuals")
    started = time.perf_counter()
    found = chebyshev.solve_by_filter(matrix, dim)
    whole = time.perf_counter() - started
    return {
        "whole": whole,
        "phases": phases.seconds,
        "captured": found.captured,
        "machine": rates(),
        **phases.work,
    }


def rates() -> dict[str, float]:
    """What products of NumPy's reach here, operations a second, by type."""
    import numpy as np

    reached = {}
    for kind in ("float32", "float64"):
        one = np.ones((3_000, 3_000), kind)
        seconds = []
        for _ in range(4):
            started = time.perf_counter()
            _ = one @ one
            seconds.append(time.perf_counter() - started)
        reached[kind] = 2 * 3_000**3 / min(seconds)
    return reached
