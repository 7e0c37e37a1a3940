"""Metrics of a network in training on the validation images."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ValidationPoint:
    """Metrics on the validation images at one moment of a training.

    Attributes:
        step: Steps done.
        seconds: Time spent in them.
        values: By metric.
    """

    step: int
    seconds: float
    values: Mapping[str, float]
