"""Density of a large matrix's eigenvalues, estimated by products with a few random vectors."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from labelsphere.arrays import DoubleArray, FloatArray
from labelsphere.linalg.spectrum.columns import column_products
from labelsphere.linalg.spectrum.products import Product

_SEED = 1


@dataclass(frozen=True, eq=False)
class Density:
    """Stochastic Lanczos quadrature (Ubaru, Chen, Saad 2017) of a symmetric matrix A.

    For a random vector z of signs, zᵀf(A)z has the mean trace f(A), and some steps of Lanczos'
    method from z give points and weights with zᵀf(A)z ≈ Σ weight · f(point).

    Attributes:
        probes: N × p float32, the vectors z.
        points: (p, steps) float64, ascending in each row.
        weights: (p, steps) float64, summing to N in each row.
    """

    probes: FloatArray
    points: DoubleArray
    weights: DoubleArray

    def forms(self, function: Callable[[DoubleArray], DoubleArray]) -> DoubleArray:
        """Estimates of zᵀf(A)z of each probe, (p,) float64; their mean estimates trace f(A)."""
        return np.asarray((self.weights * function(self.points)).sum(axis=1), np.float64)

    def value_at(self, number: float) -> float:
        """The eigenvalue that about ``number`` others are above."""
        order = np.argsort(-self.points, axis=None, kind="stable")
        points, weights = self.points.ravel()[order], self.weights.ravel()[order]
        above = np.cumsum(weights) / len(self.points)
        return float(np.interp(number, above - weights / len(self.points) / 2, points))

    def number_above(self, value: float) -> float:
        """About how many eigenvalues lie above a value."""
        return float(self.weights[self.points > value].sum() / len(self.points))

    @property
    def lowest(self) -> float:
        """The smallest eigenvalue, from above."""
        return float(self.points.min())

    @property
    def highest(self) -> float:
        """The largest eigenvalue, from below."""
        return float(self.points.max())


def estimate_density(product: Product, probes: int, steps: int) -> Density:
    """Run Lanczos' method from several random vectors side by side.

    Nothing is reorthogonalised: copies of converged values share the weight that one would have.

    Args:
        product: The matrix.
        probes: Number of random vectors p.
        steps: Number of products.

    Returns:
        The density. Equal input gives equal output.
    """
    size = product.size
    steps = min(steps, size)
    signs = np.random.default_rng(_SEED).integers(0, 2, (size, probes), np.int8)
    z = (2.0 * signs - 1.0).astype(np.float32)
    diagonal, beside = np.zeros((steps, probes)), np.zeros((steps, probes))
    before, now = np.zeros_like(z), z / np.float32(np.sqrt(size))
    for step in range(steps):
        following = product @ now
        diagonal[step] = column_products(now, following)
        following -= now * diagonal[step].astype(np.float32)
        following -= before * beside[step - 1].astype(np.float32)
        beside[step] = np.sqrt(column_products(following, following))
        scale = np.abs(diagonal[: step + 1]).max(axis=0) + beside[: step + 1].max(axis=0)
        alive = beside[step] > np.finfo(np.float32).eps * scale
        beside[step] *= alive
        # Where the space is exhausted, zeros go on: points of weight 0.
        following *= (alive / np.where(alive, beside[step], 1.0)).astype(np.float32)
        before, now = now, following
    points, weights = np.zeros((probes, steps)), np.zeros((probes, steps))
    for probe in range(probes):
        tridiagonal = np.diag(diagonal[:, probe])
        tridiagonal += np.diag(beside[:-1, probe], 1) + np.diag(beside[:-1, probe], -1)
        values, vectors = np.linalg.eigh(tridiagonal)
        points[probe], weights[probe] = values, size * vectors[0] ** 2
    return Density(z, points, weights)
