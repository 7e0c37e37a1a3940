"""Frequency buckets: labels grouped by how often they occur in training."""

from collections.abc import Sequence
from itertools import pairwise

from labelsphere.arrays import BoolArray, IntArray
from labelsphere.errors import UsageError

BUCKET_EDGES = (1, 10, 30, 100, 1000)
"""Smallest training count of each bucket after the first."""


def frequency_buckets(
    counts: IntArray, edges: Sequence[int] = BUCKET_EDGES
) -> dict[str, BoolArray]:
    """Group labels by their training counts.

    Args:
        counts: (labels,) int64 number of training images with each label.
        edges: Rising positive numbers, each the smallest count of a bucket; another bucket holds
            smaller counts.

    Returns:
        Name of each bucket that has labels, such as ``"10-29"`` or ``"1000+"``, rarest first,
        with a (labels,) mask. Each label is in one bucket.

    Raises:
        UsageError: If the edges do not increase from at least 1.

    Examples:
        >>> import numpy as np
        >>> buckets = frequency_buckets(np.array([0, 4, 12, 29, 5000]))
        >>> {name: int(mask.sum()) for name, mask in buckets.items()}
        {'0': 1, '1-9': 1, '10-29': 2, '1000+': 1}
    """
    borders = [0, *edges]
    if any(low >= high for low, high in pairwise(borders)):
        raise UsageError(f"bucket edges must rise from at least 1, but got {list(edges)}")
    buckets: dict[str, BoolArray] = {}
    for low, high in zip(borders, [*edges, None], strict=True):
        inside: BoolArray = counts >= low if high is None else (counts >= low) & (counts < high)
        if inside.any():
            buckets[_name(low, high)] = inside
    return buckets


def _name(low: int, high: int | None) -> str:
    if high is None:
        return f"{low}+"
    return str(low) if high == low + 1 else f"{low}-{high - 1}"
