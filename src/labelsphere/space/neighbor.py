"""A label and how close it is."""

from typing import NamedTuple


class Neighbor(NamedTuple):
    """A label near a point of the sphere.

    Attributes:
        label: The label's name.
        proximity: Cosine of the angle between point and label, −1 to 1.
    """

    label: str
    proximity: float
