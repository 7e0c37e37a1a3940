"""Many leading eigenpairs of a large matrix: Chebyshev-filtered subspaces."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from labelsphere.arrays import DoubleArray, FloatArray
from labelsphere.linalg.sparse_plus_low_rank import SparsePlusLowRank
from labelsphere.linalg.spectrum.blocks import BlockProduct
from labelsphere.linalg.spectrum.density import Density, estimate_density
from labelsphere.linalg.spectrum.eigenpairs import Spectrum
from labelsphere.linalg.spectrum.filtering import Deflation, Filter
from labelsphere.linalg.spectrum.outliers import end_pairs, without_outliers
from labelsphere.linalg.spectrum.products import Product
from labelsphere.linalg.spectrum.ritz import RitzPairs, ritz_pairs

_SEED = 0
_PROBES, _STEPS = 16, 120
"""With fewer steps the error of the squares above the last wanted value reaches the tolerance."""
_EXTRA_COLUMNS, _EXTRA_VALUES = 16, 4
_LARGEST_GROWTH = 1e8
_LOWEST_DEGREE, _HIGHEST_DEGREE = 2, 400
_DEFLATING = 100
"""Degree up to which the interval leaves out the lowest values."""
_FEW = 32
_FAITHFUL = 0.05
"""Largest residual of a pair that is deflated, as a share of half the filter's interval. A vector
that is none would exclude a direction that belongs to others."""
_ALIKE = 2.5e-4
"""Directions whose eigenvalues are this near to the last wanted, relative to it, are as good."""
_ZERO = 1e-5
_WORTH_A_GPU = 1 << 23
"""Rows × pairs from which a GPU saves more than its start takes, about 2 s."""


@dataclass(frozen=True)
class Effort:
    """Limits of a filter's effort.

    What it leaves of each of the N − k unwanted directions, a half of its square on average, is
    shared by the columns that the space has more than pairs are wanted. So the last wanted
    direction has to grow by g = √((N − k) / 2 / extra / leak), if what leaks into it is to be a
    share ``leak`` of its square at most.

    Attributes:
        width: Columns of the space for each pair wanted.
        edge: The filter stays small on what is below this many values for each pair wanted.
        leak: Share of the last wanted direction that may be lost.
        lowest: How many of the lowest values, for each pair wanted, may grow as well.
        paired: Whether each column drawn leaves two, see `Filter.apply`.
    """

    width: float = 1.05
    edge: float = 1.22
    leak: float = 2e-5
    lowest: float = 0.02
    paired: bool = True

    def columns(self, size: int, count: int) -> int:
        """Columns of the space."""
        return min(size, int(np.ceil(self.width * count)) + _EXTRA_COLUMNS)

    def growth(self, size: int, count: int) -> float:
        """By how much the filter multiplies the last wanted direction, 2 at least."""
        extra = max(1, self.columns(size, count) - count)
        return max(2.0, float(np.sqrt((size - count) / (2 * extra * self.leak))))


_AHEAD = Effort(width=1.3, edge=3.0, leak=1e-6)


def solve_by_filter(
    matrix: SparsePlusLowRank,
    count: int,
    *,
    tolerance: float = 1e-3,
    rounds: int = 3,
    effort: Effort = Effort(),
) -> Spectrum:
    """The algebraically largest eigenpairs by Chebyshev-filtered subspaces.

    1. A few random vectors estimate where the eigenvalues lie (`Density`).
    2. A polynomial is chosen that grows on the wanted ones and stays small on the others. What
       would outgrow float32 is found first, by the same method, and deflated; so are single
       strongly negative values, which would stretch the interval.
    3. Random columns are filtered, and the best pairs within their span taken.
    4. The same random vectors estimate what the pairs miss. If that is more than the tolerance,
       a stronger filter follows, with what is known by now deflated.

    A GPU does it all where there is one, unless the problem is small or does not fit its
    memory.

    Args:
        matrix: Symmetric N × N, N well above ``count``.
        count: How many pairs.
        tolerance: Share of the largest possible sum of squares that may be missed.
        rounds: How many filters are tried.
        effort: Of the first filter.

    Returns:
        The spectrum, converged or not, with vectors of any sign. Equal input gives equal output on
        the processor.
    """
    product = BlockProduct.of(matrix)
    if product.size * count >= _WORTH_A_GPU:
        from labelsphere.linalg.spectrum import device
        from labelsphere.linalg.spectrum.device_ritz import device_ritz_pairs

        gpu = device.gpu()
        if gpu is not None:
            try:
                with device.whole_products():
                    moved = device.DeviceProduct.of(product, gpu)
                    return _solve(moved, device_ritz_pairs, count, tolerance, rounds, effort)
            except device.OutOfMemoryError:
                warnings.warn(
                    f"{count} eigenpairs of {product.size} rows do not fit into the memory of "
                    f"{gpu!r}; the CPU finds them",
                    stacklevel=2,
                )
    return _solve(product, ritz_pairs, count, tolerance, rounds, effort)


def _solve(
    product: Product,
    within: Callable[[Any, FloatArray, int], RitzPairs],
    count: int,
    tolerance: float,
    rounds: int,
    effort: Effort,
) -> Spectrum:
    density = estimate_density(product, _PROBES, _STEPS)
    low, below = without_outliers(product, density)
    search = _Search(product, within, density, low, below)
    pairs = search.leading(count, effort)
    captured, uncertainty = _captured(density, pairs)
    number = 1
    while 1 - captured > tolerance and number < rounds:
        # Pairs of columns miss some of an eigenvalue that many directions share.
        effort = replace(effort, leak=effort.leak / 100, paired=False)
        pairs = search.leading(count, effort, pairs)
        captured, uncertainty = _captured(density, pairs)
        number += 1
    zero = _ZERO * max(abs(density.lowest), abs(density.highest))

    def positive(values: DoubleArray) -> DoubleArray:
        return (values > zero).astype(np.float64)

    def positive_square(values: DoubleArray) -> DoubleArray:
        return np.where(values > zero, values**2, 0.0)

    total = float(np.sum(positive_square(pairs.values)))
    rest, beyond = (
        max(0.0, float((density.forms(f) - _of_pairs(density, pairs, f(pairs.values))).mean()))
        for f in (positive_square, positive)
    )
    vectors = np.empty_like(pairs.vectors)
    vectors[product.order] = pairs.vectors
    return Spectrum(
        values=pairs.values,
        vectors=vectors,
        residuals=pairs.residuals,
        solver="chebyshev",
        positive=round(float(np.sum(positive(pairs.values))) + beyond),
        positive_share=total / (total + rest) if total else 1.0,
        captured=captured,
        uncertainty=uncertainty,
        estimated=True,
        converged=1 - captured <= tolerance,
        scale=float(np.max(np.abs(pairs.values), initial=0.0)),
    )


@dataclass(frozen=True, eq=False)
class _Search:
    """The matrix with what is known of its spectrum."""

    product: Product
    within: Callable[[Any, FloatArray, int], RitzPairs]
    density: Density
    low: float
    below: Deflation

    def leading(self, count: int, effort: Effort, known: RitzPairs | None = None) -> RitzPairs:
        """The leading pairs by one filter, after those that would outgrow it."""
        size = self.product.size
        polynomial = self._filter(count, effort)
        cut = polynomial.value_of_growth(_LARGEST_GROWTH)
        if known is None:
            # A few more than there should be, so that those that would outgrow it are all there.
            above = int(np.ceil(1.05 * self.density.number_above(cut))) + 1
            known = self._ahead(min(above, count // 2), count)
        # At least one is left to be found.
        kept = (known.values > cut) & (known.residuals <= _FAITHFUL * polynomial.half)
        kept &= np.arange(len(kept)) < count - 1
        values, vectors = known.values[kept], known.vectors[:, kept]
        left = known.values[~kept]
        most = (*left[:1], *known.values[-1:], self.density.highest)[0]
        polynomial = polynomial.weakened(most, _LARGEST_GROWTH)
        width = effort.columns(size, count)
        deflated = Deflation(
            np.hstack([vectors, self.below.vectors]), np.concatenate([values, self.below.values])
        )
        random = np.random.default_rng((_SEED, count, polynomial.degree))
        basis = np.empty((size, width), np.float32)
        basis[:, : len(values)] = vectors
        polynomial.apply(
            self.product, deflated, basis[:, len(values) :], random, paired=effort.paired
        )
        return self.within(self.product, basis, count)

    def _ahead(self, number: int, count: int) -> RitzPairs:
        """Leading pairs that would outgrow the filter for ``count`` of them."""
        if number < 1:
            nothing = np.empty((self.product.size, 0), np.float32)
            return RitzPairs(np.empty(0), nothing, np.empty(0))
        if number <= _FEW:
            start = self.density.probes[:, 0].astype(np.float64)
            return end_pairs(self.product, number, "LA", start)
        # Nothing corrects later what they have of unwanted directions; what they have of other
        # wanted ones is sorted out in the end.
        edge = float(np.clip(count / number, _AHEAD.width, _AHEAD.edge))
        return self.leading(number, replace(_AHEAD, edge=edge))

    def _filter(self, count: int, effort: Effort) -> Filter:
        """The filter that multiplies the last wanted direction by the growth wanted."""
        last = self.density.value_at(count)
        edge = min(effort.edge * count + _EXTRA_VALUES, (self.product.size + count) / 2)
        high = min(self.density.value_at(edge), last - _ALIKE * abs(last))
        # A few of the lowest may grow too: they take some of the extra columns, and the shorter
        # interval saves more.
        low = max(self.low, self.density.value_at(self.product.size - effort.lowest * count))
        low = min(low, high - 0.5 * (high - self.low))
        growth = effort.growth(self.product.size, count)
        found = _filter_between(low, high, last, growth)
        if found.degree <= _DEFLATING:
            return found
        # In so many steps even what is deflated below would outgrow the rest, by its rounding.
        margin = 0.02 * (self.density.highest - self.density.lowest)
        return _filter_between(self.density.lowest - margin, high, last, growth)


def _filter_between(low: float, high: float, last: float, growth: float) -> Filter:
    """The filter of an interval that multiplies a value above it by some growth."""
    span = max(high - low, float(np.finfo(np.float32).tiny))
    mapped = 1.0 + max(2 * (last - high) / span, 1e-6)
    degree = int(np.ceil(np.arccosh(growth) / np.arccosh(mapped)))
    return Filter(low, high, min(max(degree, _LOWEST_DEGREE), _HIGHEST_DEGREE))


def _captured(density: Density, pairs: RitzPairs) -> tuple[float, float]:
    """Share of the largest possible sum of squares, and its standard error.

    Let h(x) = max(0, x² − τ²) for x above 0, with τ the last value found. Of any k eigenvalues
    the squares sum to k·τ² + Σ h at most, and those found sum to just that. So what is missed is
    at most trace h(A) − trace h(VΘVᵀ): estimated with the random vectors of the density, on both
    matrices the same, so that what they have in common does not scatter.
    """
    last = max(float(pairs.values[-1]), 0.0)

    def above(values: DoubleArray) -> DoubleArray:
        return np.where(values > last, values**2 - last**2, 0.0)

    missed = density.forms(above) - _of_pairs(density, pairs, above(pairs.values))
    held = float(np.sum(np.maximum(pairs.values, 0.0) ** 2))
    if not held:
        return 1.0, 0.0
    most = held + max(0.0, float(missed.mean()))
    return held / most, float(missed.std(ddof=1) / np.sqrt(len(missed)) / most)


def _of_pairs(density: Density, pairs: RitzPairs, weights: DoubleArray) -> DoubleArray:
    """zᵀ·V·diag(weights)·Vᵀ·z of each random vector, (p,) float64."""
    coefficients = (pairs.vectors.T @ density.probes).astype(np.float64)
    return np.asarray(weights @ coefficients**2, np.float64)
