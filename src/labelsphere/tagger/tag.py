"""A tag of an image, with its score."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Tag:
    """A tag that a tagger gives to an image.

    Attributes:
        label: The tag.
        score: Cosine proximity in [−1, 1] under the paper's objective, log-odds under logistic
            regression: comparable within one image, not between taggers.
    """

    label: str
    score: float
