"""Baseline: focal loss (Lin et al. 2017), the asymmetric loss with equal exponents."""

from labelsphere.arrays import IntArray
from labelsphere.tagger.objectives.asymmetric import Asymmetric

_FOCUS = 2.0
"""The focal loss's own γ."""


class Focal(Asymmetric):
    """−(1 − p)^γ log p for present tags and −p^γ log(1 − p) for absent ones, summed, γ = 2.

    Args:
        counts: Training images of each label, (labels,).
        n_images: Number of training images.
    """

    description = "independent sigmoids with the focal loss (Lin et al. 2017)"

    def __init__(self, counts: IntArray, n_images: int) -> None:
        super().__init__(counts, n_images, present_focus=_FOCUS, absent_focus=_FOCUS)
