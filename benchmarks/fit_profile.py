"""Where the time of a fit goes, and how much work there is."""

import time
from collections.abc import Callable
from typing import Any


class Phases:
    """Seconds of functions, those within others taken off the outer ones.

    Attributes:
        seconds: By phase.
        work: Numbers that calls tell of themselves, by name.
    """

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.work: dict[str, float] = {}
        self._open: list[list[Any]] = []

    def time(
        self, owner: Any, name: str, phase: str, tell: Callable[..., dict[str, float]] | None = None
    ) -> None:
        """Let a function of a module or class be timed from now on."""
        inner = getattr(owner, name)

        def outer(*given: Any, **named: Any) -> Any:
            ahead = any(entry[0] == "ahead" for entry in self._open)
            own = "ahead" if ahead else phase
            self._open.append([own, 0.0])
            started = time.perf_counter()
            try:
                return inner(*given, **named)
            finally:
                took = time.perf_counter() - started
                within = self._open.pop()[1]
                self.seconds[own] = self.seconds.get(own, 0.0) + took - within
                if self._open:
                    self._open[-1][1] += took
                if tell is not None and not ahead:
                    self.work.update(tell(*given, **named))

        setattr(owner, name, outer)


def profile(path: str, dim: int) -> dict[str, Any]:
    """Fit once with a clock in every phase.

    Args:
        path: A matrix, as `fit_methods.simulate` writes it.
        dim: How many pairs.

    Returns:
        Seconds in all and by phase; columns, degree and deflated vectors of the last filter.
    """
    from fit_methods import prepare
    from scipy.sparse import csr_array, load_npz

    from labelsphere.space import Association
    from labelsphere.space.spectrum import chebyshev, ritz
    from labelsphere.space.spectrum.blocks import BlockProduct
    from labelsphere.space.spectrum.filtering import Filter

    matrix = Association(csr_array(load_npz(path)))
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
