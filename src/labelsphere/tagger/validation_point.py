"""Validation metrics of a network in training."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ValidationPoint:
    """Metrics on the validation images at one step of a training.

    Attributes:
        step: Number of finished steps.
        seconds: Time of these steps.
        values: Values of the metrics, by key.
    """

    step: int
    seconds: float
    values: Mapping[str, float]
