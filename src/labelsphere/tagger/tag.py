"""A tag of an image, with its score and, from a calibrated tagger, its probability."""

from dataclasses import dataclass


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
