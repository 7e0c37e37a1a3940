"""A tag of an image, with its score and, from a calibrated tagger, its probability."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Tag:
    """A tag that a tagger gives to an image.

    Attributes:
        label: The tag.
        score: The decoder's raw score, comparable within one image, not between taggers.
        probability: Probability that the image has the tag; None without calibration.
        accepted: Whether the tag meets the calibration's goal; None without calibration.
        suggested: Whether the tag is likely enough to be looked at, but not accepted; None
            without calibration.
    """

    label: str
    score: float
    probability: float | None = None
    accepted: bool | None = None
    suggested: bool | None = None


@dataclass(frozen=True)
class Tagged:
    """Tags of one picture or vector.

    Attributes:
        source: Path of the picture, or row number of the vector.
        tags: Its tags, accepted ones first, then best first; empty if it cannot be read.
        problem: Why it cannot be read; empty if it can.
    """

    source: Path | int
    tags: list[Tag]
    problem: str = ""
