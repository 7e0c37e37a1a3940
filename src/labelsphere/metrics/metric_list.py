"""Computation of all metrics at once, with weights of the images for resampling."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from labelsphere.arrays import BoolArray, DoubleArray
from labelsphere.metrics.ranking import Ranking
from labelsphere.metrics.table import (
    ByClass,
    ClassMetric,
    ImageMetric,
    metric_definitions,
    metric_keys,
)


@dataclass(frozen=True, eq=False)
class MetricList:
    """Metrics to compute, and their inputs besides a ranking.

    Attributes:
        class_weights: (labels,) float64 importance of each class.
        propensities: (labels,) float64, or None if unknown: metrics that need them are left out.
        cutoffs: Cut-offs of all metrics with cut-offs; None for each metric's own.
        per_class: Whether to include metrics that need a pass over the columns of the scores.
    """

    class_weights: DoubleArray
    propensities: DoubleArray | None = None
    cutoffs: tuple[int, ...] | None = None
    per_class: bool = True

    def definitions(self) -> dict[str, str]:
        """Return one short sentence for each metric, by keys such as ``"precision@5"``."""
        sentences = metric_definitions(self.cutoffs)
        return {key: sentences[key] for key in self._wanted()}

    def compute(
        self,
        ranking: Ranking,
        image_weights: DoubleArray,
        groups: Mapping[str, BoolArray],
    ) -> dict[str, dict[str, DoubleArray]]:
        """Compute every metric for every group of labels.

        For a group, metrics per class average over its classes. Metrics per image use the true tags
        in the group, and the image's other true tags are removed from the ranking.

        Args:
            ranking: The ranking and its truth.
            image_weights: (images, draws) float64, not negative; ones for the plain values.
            groups: (labels,) masks by name.

        Returns:
            Values by group and key, (draws,) float64; NaN if there is nothing to average over.
        """
        values: dict[str, dict[str, DoubleArray]] = {name: {} for name in groups}
        ranks = {name: ranking.true_ranks.restricted_to(mask) for name, mask in groups.items()}
        per_class: dict[ByClass, DoubleArray] = {}
        for key, (metric, cutoff) in self._wanted().items():
            if isinstance(metric, ClassMetric):
                if metric.by_class not in per_class:
                    per_class[metric.by_class] = metric.by_class(ranking, image_weights)
                of_class = per_class[metric.by_class]
                if metric.weighted:
                    of_class = of_class * self.class_weights[:, None]
                for name, mask in groups.items():
                    values[name][key] = _mean_over_classes(of_class[mask])
            else:
                given = {"cutoff": cutoff, "propensities": self.propensities}
                needed = {name: given[name] for name in metric.needs}
                for name in groups:
                    of_images = metric.measure(ranks[name], **needed)
                    values[name][key] = of_images.average(image_weights)
        return values

    def _wanted(self) -> dict[str, tuple[ClassMetric | ImageMetric, int | None]]:
        return {
            key: (metric, cutoff)
            for key, (metric, cutoff) in metric_keys(self.cutoffs).items()
            if (
                self.per_class or not metric.needs_columns
                if isinstance(metric, ClassMetric)
                else self.propensities is not None or "propensities" not in metric.needs
            )
        }


def _mean_over_classes(values: DoubleArray) -> DoubleArray:
    """Average over the classes that occur, (draws,); NaN if none does."""
    occurring = ~np.isnan(values)
    count = occurring.sum(axis=0)
    mean = np.full(values.shape[1], np.nan)
    np.divide(np.where(occurring, values, 0.0).sum(axis=0), count, out=mean, where=count > 0)
    return mean
