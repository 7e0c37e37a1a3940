"""Sums and differences of labels, and what is near them (§4.4.1)."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from labelsphere.arrays import FloatArray
from labelsphere.errors import UsageError
from labelsphere.space.space_parts import SpaceParts


class Neighbor(NamedTuple):
    """A label near a point of the sphere.

    Attributes:
        label: The label's name.
        proximity: Cosine of the angle between point and label, −1 to 1.
    """

    label: str
    proximity: float


def signed_sum(vectors: FloatArray, plus: Sequence[int], minus: Sequence[int]) -> FloatArray:
    """Add some rows and subtract others.

    Args:
        vectors: (labels, dim) float32.
        plus: Rows to add.
        minus: Rows to subtract.

    Returns:
        (dim,) float32, summed in float64.

    Raises:
        UsageError: If no row is given, or the terms cancel.
    """
    if not plus and not minus:
        raise UsageError("combine needs at least one label")
    total = vectors[plus].sum(axis=0, dtype=np.float64)
    total -= vectors[minus].sum(axis=0, dtype=np.float64)
    if not total.any():
        raise UsageError("the labels added and subtracted cancel; expected a sum with a direction")
    return np.asarray(total, np.float32)


def frequent_labels(space: SpaceParts, most: int) -> list[str]:
    """Return the labels on most images that have an embedding; of equal ones the first.

    Args:
        space: A label space.
        most: How many at most.
    """
    order = np.argsort(-space.counts, kind="stable")
    return [space.vocabulary[number] for number in order[space.placed[order]][:most].tolist()]


def check_top(top: int) -> None:
    """Refuse to return fewer than one label.

    Raises:
        UsageError: If ``top`` is below 1.
    """
    if top < 1:
        raise UsageError(f"top must be at least 1, but got {top}")
