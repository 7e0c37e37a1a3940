"""Report on a trained tagger, for its model card and the command line."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from labelsphere.metrics import Evaluation
from labelsphere.tagger.calibration import CalibrationCheck
from labelsphere.tagger.choices import TrainingChoice


@dataclass(frozen=True)
class MetricValue:
    """A metric with its 95 % bootstrap interval over images.

    Attributes:
        value: The metric.
        low: Lower end; None if the interval is undefined.
        high: Upper end.
    """

    value: float
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        """Format with three digits, and the interval in brackets."""
        if self.low is None or self.high is None:
            return f"{self.value:.3f}"
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}]"


@dataclass(frozen=True)
class Quality:
    """Metrics of a tagger.

    Attributes:
        part: ``"test"``, or ``"val"`` where there are no test images.
        images: Number of images measured.
        values: Metrics over all tags, by key.
        by_frequency: The same for the tags of each bucket of training counts, rarest first.
        labels: Tags of each bucket that the measured images have.
        definitions: Definitions of the metrics.
    """

    part: str
    images: int
    values: Mapping[str, MetricValue]
    by_frequency: Mapping[str, Mapping[str, MetricValue]]
    labels: Mapping[str, int]
    definitions: Mapping[str, str]

    @classmethod
    def of(cls, evaluation: Evaluation, part: str, resamples: int = 200) -> "Quality":
        """Compute metrics and intervals of an evaluation.

        Args:
            evaluation: The evaluation, with metrics per class.
            part: Which images it is of.
            resamples: Number of bootstrap resamples.
        """
        spread = evaluation.intervals(resamples)
        buckets = evaluation.intervals_by_frequency(resamples)
        return cls(
            part,
            evaluation.n_images,
            _measured(evaluation.values, spread),
            {
                name: _measured(values, buckets[name])
                for name, values in evaluation.by_frequency.items()
            },
            evaluation.labels_by_frequency,
            evaluation.definitions,
        )


@dataclass(frozen=True)
class TrainingReport:
    """Report on a tagger: its training and its metrics.

    Attributes:
        method: Name of the recipe.
        choices: Automatic choices, with reasons.
        images: Number of images by part, such as ``"train"``.
        left_out: Number of images left out, by reason.
        steps: Number of training steps.
        seconds: Time of these steps.
        best_step: Step of the kept weights; None for the last.
        quality: Metrics; None without images to measure them on.
        calibration: Check of probabilities and thresholds; None without calibration.
    """

    method: str
    choices: tuple[TrainingChoice, ...]
    images: Mapping[str, int]
    left_out: Mapping[str, int]
    steps: int
    seconds: float
    best_step: int | None = None
    quality: Quality | None = None
    calibration: CalibrationCheck | None = None


def _measured(
    values: Mapping[str, float], intervals: Mapping[str, tuple[float, float] | None]
) -> dict[str, MetricValue]:
    """Combine values with their intervals, without undefined values."""
    return {
        key: MetricValue(value, *(intervals[key] or (None, None)))
        for key, value in values.items()
        if np.isfinite(value)
    }
