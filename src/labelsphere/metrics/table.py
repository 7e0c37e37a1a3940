"""Registry of metrics: functions, definitions and cut-offs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from labelsphere.arrays import DoubleArray
from labelsphere.metrics.class_ap import class_ap_by_class
from labelsphere.metrics.image_ap import image_ap
from labelsphere.metrics.image_values import ImageValues
from labelsphere.metrics.map_at_100 import map_at_100_by_class
from labelsphere.metrics.ndcg import ndcg
from labelsphere.metrics.precision import precision
from labelsphere.metrics.propensity_scored_precision import propensity_scored_precision
from labelsphere.metrics.ranking import Ranking
from labelsphere.metrics.recall import recall

ByClass: TypeAlias = Callable[[Ranking, DoubleArray], DoubleArray]
"""Function of a ranking and (images, draws) weights; returns (labels, draws), NaN if absent."""


@dataclass(frozen=True)
class ClassMetric:
    """Metric per class; its value is the mean over classes.

    Attributes:
        by_class: Function that computes the metric of each class.
        definition: One short sentence.
        weighted: Whether a class's term is multiplied by the class's weight.
        needs_columns: Whether it makes its own pass over the scores.
        higher_is_better: Whether higher values are better.
    """

    by_class: ByClass
    definition: str
    weighted: bool = False
    needs_columns: bool = False
    higher_is_better: bool = True


@dataclass(frozen=True)
class ImageMetric:
    """Metric per image; its value is a mean over images with tags.

    Attributes:
        measure: Function of `TrueRanks` and, by name, the arguments in ``needs``.
        definition: One short sentence; ``{k}`` stands for the cut-off.
        cutoffs: Default cut-offs; empty if it has no cut-off.
        needs: Names among ``cutoff`` and ``propensities``. A metric is left out if one of them is
            unknown.
        higher_is_better: Whether higher values are better.
    """

    measure: Callable[..., ImageValues]
    definition: str
    cutoffs: tuple[int, ...] = ()
    needs: tuple[str, ...] = ()
    higher_is_better: bool = True


METRICS: dict[str, ClassMetric | ImageMetric] = {
    "map@100": ClassMetric(
        map_at_100_by_class,
        "Of the images with a class among their first k predictions, the share that truly have "
        "it; mean over k = 1 to 100 and over the classes in the test set.",
    ),
    "weighted_map@100": ClassMetric(
        map_at_100_by_class,
        "MAP@100 with each class's term multiplied by the class's weight; its largest possible "
        "value is the mean weight, not 1.",
        weighted=True,
    ),
    "precision": ImageMetric(
        precision,
        "Share of true tags among an image's first {k} predictions; mean over images.",
        cutoffs=(1, 5, 10),
        needs=("cutoff",),
    ),
    "recall": ImageMetric(
        recall,
        "Share of an image's true tags that are among its first {k} predictions; mean over images.",
        cutoffs=(5, 10),
        needs=("cutoff",),
    ),
    "ndcg": ImageMetric(
        ndcg,
        "True tags among an image's first {k} predictions, each discounted by log2 of 1 + its "
        "rank, as a share of the best possible; mean over images.",
        cutoffs=(5, 10),
        needs=("cutoff",),
    ),
    "psp": ImageMetric(
        propensity_scored_precision,
        "Precision at {k} in which a true tag counts more if it is rarer in training "
        "(1 / propensity), as a share of the best possible sum over all images.",
        cutoffs=(1, 5),
        needs=("cutoff", "propensities"),
    ),
    "image_ap": ImageMetric(
        image_ap,
        "Average precision of an image's ranking of all labels; mean over images.",
    ),
    "class_ap": ClassMetric(
        class_ap_by_class,
        "Average precision of a class's ranking of all images; mean over the classes in the "
        "test set.",
        needs_columns=True,
    ),
}
"""All metrics. A new one is a file and an entry here."""


def metric_keys(
    cutoffs: tuple[int, ...] | None = None,
) -> dict[str, tuple[ClassMetric | ImageMetric, int | None]]:
    """Return the key of every metric, such as ``"precision@5"``, with its metric and cut-off.

    Args:
        cutoffs: Cut-offs of all metrics with cut-offs; None for each metric's own.
    """
    keys: dict[str, tuple[ClassMetric | ImageMetric, int | None]] = {}
    for name, metric in METRICS.items():
        if isinstance(metric, ImageMetric) and metric.cutoffs:
            keys |= {f"{name}@{k}": (metric, k) for k in cutoffs or metric.cutoffs}
        else:
            keys[name] = metric, None
    return keys


def metric_definitions(cutoffs: tuple[int, ...] | None = None) -> dict[str, str]:
    """Return one short sentence for every metric, by its key.

    Args:
        cutoffs: Cut-offs of all metrics with cut-offs; None for each metric's own.

    Examples:
        >>> metric_definitions()["recall@5"]
        "Share of an image's true tags that are among its first 5 predictions; mean over images."
    """
    return {key: metric.definition.format(k=k) for key, (metric, k) in metric_keys(cutoffs).items()}
