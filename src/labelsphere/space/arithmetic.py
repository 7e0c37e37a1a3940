"""Sums and differences of labels, and what is near them (§4.4.1)."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from labelsphere.errors import UsageError

if TYPE_CHECKING:
    from labelsphere.space.label_space import LabelSpace


class Neighbor(NamedTuple):
    """A label near a point of the sphere.

    Attributes:
        label: The label's name.
        proximity: Cosine of the angle between point and label, −1 to 1.
    """

    label: str
    proximity: float


def nearest_to_sum(
    space: "LabelSpace", labels: Sequence[str], minus: Sequence[str], top: int
) -> list[Neighbor]:
    """`LabelSpace.combine`."""
    if not labels and not minus:
        raise UsageError("combine needs at least one label")
    plus_rows = [space.row(label) for label in labels]
    minus_rows = [space.row(label) for label in minus]
    terms = space.vectors.astype(np.float64)[plus_rows].sum(axis=0)
    terms -= space.vectors.astype(np.float64)[minus_rows].sum(axis=0)
    if not terms.any():
        raise UsageError("the labels added and subtracted cancel; expected a sum with a direction")
    check_top(top)
    own = {*plus_rows, *minus_rows}
    ids, proximities = space.decode(terms[None].astype(np.float32), top + len(own))
    near = [
        Neighbor(space.vocabulary[number], float(proximity))
        for number, proximity in zip(ids[0].tolist(), proximities[0], strict=True)
        if number not in own
    ]
    return near[:top]


def frequent_labels(space: "LabelSpace", most: int) -> list[str]:
    """The labels on most images that have a place, at most so many; of equal ones the first."""
    order = np.argsort(-space.counts, kind="stable")
    return [space.vocabulary[number] for number in order[space.placed[order]][:most].tolist()]


def check_top(top: int) -> None:
    """Refuse to return fewer than one label.

    Raises:
        UsageError: If ``top`` is below 1.
    """
    if top < 1:
        raise UsageError(f"top must be at least 1, but got {top}")
