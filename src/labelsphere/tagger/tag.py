"""Tags of an image, with scores and probabilities."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Tag:
    """Tag of an image.

    Attributes:
        label: The tag.
        score: The decoder's raw score, comparable within one image only.
        probability: Probability that the image has the tag; None without calibration.
        accepted: Whether the tag meets the calibration's goal; None without calibration.
        suggested: Whether the tag is suggested for review, but not accepted; None without
            calibration.
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
        problem: Reason why it cannot be read; empty if it can.
    """

    source: Path | int
    tags: list[Tag]
    problem: str = ""
