"""Equal decoders: families that every method, logistic regression first, may choose from."""

from labelsphere.comparison.families.base import Candidate, Family, Trained
from labelsphere.comparison.families.prior import SCALES, PriorFamily

__all__ = ["DECODERS", "SCALES", "Candidate", "Family", "PriorFamily", "Trained"]

DECODERS: tuple[Family, ...] = (PriorFamily(),)
"""All families; one more is a file, a line here and a name in `decoder_names`."""
