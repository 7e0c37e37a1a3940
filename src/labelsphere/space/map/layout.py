"""Choice of names that fit on a map without covering each other."""

from collections.abc import Iterable
from typing import NamedTuple


class Box(NamedTuple):
    """A name's rectangle, in any unit."""

    left: float
    bottom: float
    right: float
    top: float

    def meets(self, other: "Box") -> bool:
        """Return whether two rectangles overlap."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.bottom < other.top
            and other.bottom < self.top
        )


def place_names(boxes: Iterable[Box], within: Box, most: int) -> list[int]:
    """Take names in order, each that covers no earlier one and lies inside.

    Args:
        boxes: A rectangle a name, the most important first.
        within: Where they must lie.
        most: How many are enough.

    Returns:
        Numbers of those that are taken.

    Examples:
        >>> boxes = [Box(0, 0, 4, 1), Box(3, 0, 7, 1), Box(4, 0, 8, 1)]
        >>> place_names(boxes, Box(0, 0, 9, 9), most=10)
        [0, 2]
    """
    taken: list[tuple[int, Box]] = []
    for number, box in enumerate(boxes):
        if len(taken) == most:
            break
        inside = (
            box.left >= within.left
            and box.right <= within.right
            and box.bottom >= within.bottom
            and box.top <= within.top
        )
        if inside and not any(box.meets(other) for _, other in taken):
            taken.append((number, box))
    return [number for number, _ in taken]
