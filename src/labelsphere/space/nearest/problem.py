"""What is searched: points, labels, and the score of one at the other."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from labelsphere.arrays import AnyArray, DoubleArray, FloatArray, IntArray
from labelsphere.errors import DataError
from labelsphere.processor import multiplies_bfloat16
from labelsphere.space.nearest.bounds import Rounding, unrounded

if TYPE_CHECKING:
    from labelsphere.space.nearest.products import Products


_COORDINATES_AT_ONCE = 1 << 17
"""1 MiB of float64: what fits beside a core."""


@dataclass(frozen=True, eq=False)
class Labels:
    """Labels that points are scored against.

    Attributes:
        vectors: (labels, k) float32, rows contiguous.
        bias: (labels,) float32, added to the scores; −∞ shuts a label out.
        cosine: Whether points are brought to unit norm.

    Raises:
        DataError: If a vector is not finite, or a bias is NaN or +∞.
    """

    vectors: FloatArray
    bias: FloatArray
    cosine: bool

    def __post_init__(self) -> None:
        """Check the numbers."""
        unknown = np.flatnonzero(np.isnan(self.bias) | np.isposinf(self.bias))
        if len(unknown):
            raise DataError(
                f"label row {unknown[0]} has the bias {self.bias[unknown[0]]}; "
                "expected a number or -inf"
            )
        # Only a row whose norm cannot be trusted can hold NaN or infinity.
        for row in np.flatnonzero(self.rounding.unsafe):
            if not np.isfinite(self.vectors[row]).all():
                raise DataError(
                    f"the vector of label row {row} holds NaN or infinity; expected numbers"
                )

    @property
    def width(self) -> int:
        """Number of dimensions k."""
        return int(self.vectors.shape[1])

    @cached_property
    def rounding(self) -> Rounding:
        """Norms of the vectors as they are."""
        return unrounded(self.vectors)

    @cached_property
    def open(self) -> IntArray:
        """Numbers of the labels with a finite bias, rising."""
        return np.flatnonzero(self.bias > -np.inf).astype(np.int64)

    @cached_property
    def shut(self) -> IntArray:
        """Numbers of the other labels, rising."""
        return np.flatnonzero(np.isneginf(self.bias)).astype(np.int64)

    @cached_property
    def ways(self) -> "list[Products]":
        """Products that may serve to find candidates, the cheapest first."""
        from labelsphere.space.nearest.products import HalfProducts, SingleProducts

        single = SingleProducts(self)
        return [HalfProducts(self), single] if multiplies_bfloat16() else [single]

    @cached_property
    def bias_bounds(self) -> tuple[FloatArray, FloatArray]:
        """The bias less and plus what adding it in float32 may lose."""
        loss = np.where(np.isfinite(self.bias), np.abs(self.bias) * np.float32(2.0**-21), 0)
        return self.bias - loss, self.bias + loss


@dataclass(frozen=True, eq=False)
class Points:
    """Points to be scored.

    Attributes:
        given: (points, k) float32, rows contiguous.
        factors: (points,) float64: scores are products with the given points times these, plus
            the bias.
        screened: (points, k) float32: the given points times the factors, to float32's precision.
    """

    given: FloatArray
    factors: DoubleArray
    screened: FloatArray

    @classmethod
    def of(cls, given: FloatArray, *, cosine: bool) -> "Points":
        """Points as their scores need them."""
        factors = np.ones(len(given))
        if not cosine:
            return cls(given, factors, given)
        screened = np.empty_like(given)
        step = max(1, _COORDINATES_AT_ONCE // max(1, given.shape[1]))
        for start in range(0, len(given), step):
            part = slice(start, start + step)
            wide = given[part].astype(np.float64)
            norms = np.sqrt(np.einsum("ij,ij->i", wide, wide))
            np.divide(1.0, norms, out=factors[part], where=norms > 0)
            screened[part] = np.multiply(wide, factors[part, None], out=wide)
        return cls(given, factors, screened)

    def __len__(self) -> int:
        return len(self.given)


@dataclass(frozen=True, eq=False)
class Found:
    """Where the labels found are written, one row a point.

    Attributes:
        numbers: (points, count) int64.
        scores: (points, count) float32.
    """

    numbers: IntArray
    scores: FloatArray

    def write(self, rows: IntArray, numbers: AnyArray, scores: AnyArray) -> None:
        """Fill some rows."""
        self.numbers[rows] = numbers
        self.scores[rows] = scores
