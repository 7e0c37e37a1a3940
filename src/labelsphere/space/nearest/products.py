"""Products of points and labels in low precision, tile by tile, with what they may miss."""

from typing import Any, Protocol

import numpy as np
import torch

from labelsphere.arrays import AnyArray, FloatArray
from labelsphere.space.nearest.bounds import BFLOAT16_ROUNDING, Rounding, unrounded
from labelsphere.space.nearest.problem import Labels

_ARITHMETIC = 2.0**-21
"""Share of a product that forming its bounds in float32 may lose."""


class Products(Protocol):
    """Products of all labels with any points.

    Attributes:
        labels: How the labels were rounded.
        relative: What a product may miss besides, as a share of itself.
    """

    labels: Rounding
    relative: float

    def points(self, rows: FloatArray) -> tuple[Any, Rounding]:
        """Points as they enter the product, and how they were rounded."""

    def tile(self, points: Any, start: int, stop: int) -> AnyArray:
        """Products with some labels, (points, stop − start) float32, or bfloat16 as uint16.

        It may be overwritten by the next.
        """


class SingleProducts:
    """Products in float32."""

    relative = _ARITHMETIC

    def __init__(self, labels: Labels) -> None:
        self.labels = labels.rounding
        self._vectors = labels.vectors

    def points(self, rows: FloatArray) -> tuple[FloatArray, Rounding]:
        """Points as they are."""
        return rows, unrounded(rows)

    def tile(self, points: FloatArray, start: int, stop: int) -> FloatArray:
        """Products with some labels, (points, stop − start) float32."""
        with np.errstate(over="ignore", invalid="ignore"):  # at unsafe labels
            products: FloatArray = points @ self._vectors[start:stop].T
        products[:, self.labels.unsafe[start:stop]] = 0
        return products


class HalfProducts:
    """Products in bfloat16, added up in float32. Keeps a copy of the vectors."""

    relative = BFLOAT16_ROUNDING + _ARITHMETIC

    def __init__(self, labels: Labels) -> None:
        whole = labels.rounding
        self._vectors = torch.empty(labels.vectors.shape, dtype=torch.bfloat16)
        errors = np.empty_like(whole.norms)
        step = max(1, (1 << 22) // labels.width)
        for start in range(0, len(errors), step):
            part = slice(start, start + step)
            self._vectors[part], errors[part] = _rounded(labels.vectors[part])
        self._vectors[torch.from_numpy(whole.unsafe)] = 0
        self.labels = Rounding(whole.norms, errors, whole.unsafe)

    def points(self, rows: FloatArray) -> tuple[torch.Tensor, Rounding]:
        """Points in bfloat16."""
        whole = unrounded(rows)
        half, errors = _rounded(rows)
        return half, Rounding(whole.norms, errors, whole.unsafe)

    def tile(self, points: torch.Tensor, start: int, stop: int) -> AnyArray:
        """Products with some labels, (points, stop − start) uint16 that hold bfloat16."""
        bits: AnyArray = (points @ self._vectors[start:stop].T).view(torch.uint16).numpy()
        return bits


def _rounded(rows: FloatArray) -> tuple[torch.Tensor, FloatArray]:
    given = torch.from_numpy(rows)
    half = given.bfloat16()
    errors: FloatArray = torch.linalg.vector_norm(given - half.float(), dim=1).numpy()
    return half, errors
