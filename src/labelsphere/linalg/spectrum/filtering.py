"""Chebyshev polynomials of a matrix that grow on its largest eigenvalues and nowhere else."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from labelsphere.arrays import DoubleArray, FloatArray
from labelsphere.linalg.spectrum.blocks import COLUMNS
from labelsphere.linalg.spectrum.columns import column_products
from labelsphere.linalg.spectrum.products import Product

_SLABS, _ENTRIES = 8, 1 << 25
_LAG = 10


@dataclass(frozen=True, eq=False)
class Deflation:
    """Eigenpairs that are known already, and out of the filter's way.

    A filter has to separate the last wanted value from the first unwanted one. Values far above
    both would grow by many orders of magnitude more, and float32 has only seven digits.

    Attributes:
        vectors: N × number, float32, orthonormal.
        values: (number,) float64.
    """

    vectors: FloatArray
    values: DoubleArray


@dataclass(frozen=True)
class Filter:
    """The polynomial T_degree of the interval [low, high] mapped to [−1, 1].

    Within the interval it stays between −1 and 1; above it grows like e^(degree · arcosh).

    Attributes:
        low: The smallest eigenvalue, or below.
        high: Below the last wanted eigenvalue.
        degree: At least 2.
    """

    low: float
    high: float
    degree: int

    @property
    def centre(self) -> float:
        """The middle of the interval."""
        return (self.low + self.high) / 2

    @property
    def half(self) -> float:
        """Half the interval's length."""
        return (self.high - self.low) / 2

    @property
    def lag(self) -> int:
        """By how much the degree of the columns' other half is lower."""
        return max(1, self.degree // _LAG)

    def value_of_growth(self, growth: float) -> float:
        """The eigenvalue that is multiplied by ``growth``, which is above 1."""
        return self.centre + self.half * float(np.cosh(np.arccosh(growth) / self.degree))

    def weakened(self, value: float, growth: float) -> "Filter":
        """The filter of highest degree that multiplies a value by ``growth`` at most."""
        mapped = (value - self.centre) / self.half
        if mapped <= 1:
            return self
        most = int(np.arccosh(growth) / np.arccosh(mapped))
        return replace(self, degree=max(2, min(self.degree, most)))

    def apply(
        self,
        product: Product,
        known: Deflation,
        result: FloatArray,
        random: np.random.Generator,
        *,
        paired: bool = True,
    ) -> None:
        """Filter random columns: what is left spans the leading directions, nearly.

        Paired, each column leaves two: the filter of this degree and that of a tenth less, which
        the recurrence passes on the way. Together they span as much as twice the columns, filtered
        once, for half the products; of nearly the same degree they would be nearly parallel. Among
        the directions of one eigenvalue they are parallel, so that no more of these are found than
        there are pairs.

        Columns are filtered a slab at a time, so that nothing but the result is held whole.

        Args:
            product: The matrix A.
            known: Moved to the middle of the interval.
            result: N × width float32, overwritten with columns of length 1.
            random: Where the first columns are drawn from.
            paired: Whether a column drawn leaves two.
        """
        width = result.shape[1]
        left = 2 if paired else 1
        slabs = [
            (start, -(-min(left * COLUMNS, width - start) // left))
            for start in range(0, width, left * COLUMNS)
        ]
        together = max(1, min(_SLABS, _ENTRIES // (COLUMNS * product.size)))
        vectors = product.moved(known.vectors)
        shift = product.moved((known.values - self.centre).astype(np.float32)[:, None])
        for first in range(0, len(slabs), together):
            some = slabs[first : first + together]
            begins = [
                product.moved(random.standard_normal((product.size, drawn), dtype=np.float32))
                for _, drawn in some
            ]
            for (start, drawn), (last, earlier) in zip(
                some, self._filtered(product, vectors, shift, begins), strict=True
            ):
                middle, stop = start + drawn, min(width, start + left * drawn)
                result[:, start:middle] = _unit(product.fetched(last))
                if paired:
                    other = _unit(product.fetched(earlier))
                    result[:, middle:stop] = other[:, : stop - middle]

    def _filtered(
        self, product: Product, vectors: Any, shift: Any, slabs: list[Any]
    ) -> list[tuple[Any, Any]]:
        """T_degree and T_(degree − lag) of the matrix times each of some slabs.

        All arrays are where the product is; ``shift`` is what takes the value of each known vector
        to the middle of the interval.

        The slabs take each step together: the threads of the dense products wait for more, and
        keep a core busy, for some milliseconds after each that the sparse ones could use. For the
        same reason all dense products here are NumPy's: SciPy brings threads of its own.
        """
        for slab in slabs:
            slab -= vectors @ (vectors.T @ slab)
        before: list[Any] = [None] * len(slabs)
        now, kept = slabs, slabs
        for number in range(self.degree):
            if number == self.degree - self.lag:
                kept = [1.0 * slab for slab in now]  # those of now are overwritten
            factor = (2.0 if number else 1.0) / self.half
            following = [
                product.step(slab, factor, self.centre, earlier)
                for slab, earlier in zip(now, before, strict=True)
            ]
            if len(shift):
                for image, slab in zip(following, now, strict=True):
                    image -= vectors @ (factor * shift * (vectors.T @ slab))
            before, now = list(now), following
        return list(zip(now, kept, strict=True))


def _unit(block: FloatArray) -> FloatArray:
    """Columns divided by their lengths; columns of zeros stay."""
    lengths = np.sqrt(column_products(block, block))
    block *= (1.0 / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)
    return block
