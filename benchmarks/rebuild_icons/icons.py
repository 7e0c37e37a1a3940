"""One drawing of an icon with its tags."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Icon:
    """One drawing.

    Attributes:
        name: ``source/name/variant``, unique.
        base: The same icon over weights, styles and fills.
        tags: As its catalogue gives them.
        svg: The drawing.
        cropped: Whether the drawing's own margins are to be cut off.
    """

    name: str
    base: str
    tags: tuple[str, ...]
    svg: str
    cropped: bool = False

    @property
    def source(self) -> str:
        """The collection it is from."""
        return self.name.split("/")[0]

    @property
    def concept(self) -> str | None:
        """What icons of other sources may share: the name. Drawings of scenes have none."""
        name = self.base.split(":", 1)[1]
        return None if self.source == "openclipart" else " ".join(re.split(r"[\W_]+", name.lower()))
