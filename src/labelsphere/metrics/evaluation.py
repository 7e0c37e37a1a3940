"""Evaluation: all metrics of scores, with frequency buckets and intervals."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from labelsphere.arrays import BoolArray, DoubleArray, IntArray, SparseRows
from labelsphere.errors import UsageError
from labelsphere.json_types import Json
from labelsphere.metrics.bootstrap import centred_interval, resample_images
from labelsphere.metrics.buckets import BUCKET_EDGES, frequency_buckets
from labelsphere.metrics.metric_list import MetricList
from labelsphere.metrics.propensity_scored_precision import label_propensities
from labelsphere.metrics.ranking import Ranking
from labelsphere.metrics.scores import Progress, ReportingScores, Scores
from labelsphere.metrics.weights import capped_frequency_weights

_ALL = "all"


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Results of `evaluate`.

    Attributes:
        values: The value of each metric by its key, such as ``"map@100"`` or ``"precision@5"``.
        by_frequency: Values for the labels of each frequency bucket, rarest first. Buckets without
            labels in the test set are left out.
        definitions: One short sentence for each key.
        n_images: Number of test images.
        n_images_without_tags: Number of images without a true tag. They are left out of metrics
            per image; for metrics per class they are images where every tag is false.
        n_labels: Number of labels that were ranked.
        n_labels_in_truth: Number of labels of the test images: the classes over which metrics per
            class are averaged.
        highest_weighted_map: Mean weight of these classes: the maximum of ``weighted_map@100``.
    """

    values: dict[str, float]
    by_frequency: dict[str, dict[str, float]]
    definitions: dict[str, str]
    n_images: int
    n_images_without_tags: int
    n_labels: int
    n_labels_in_truth: int
    highest_weighted_map: float
    _ranking: Ranking = field(repr=False)
    _metrics: MetricList = field(repr=False)
    _buckets: dict[str, BoolArray] = field(repr=False)

    def intervals(
        self, resamples: int = 200, seed: int = 0, level: float = 0.95
    ) -> dict[str, tuple[float, float]]:
        """Compute bootstrap intervals over images for each key of ``values``.

        Images are drawn with replacement, every metric is computed over them, and the interval of
        the results is centred at the value (`centred_interval`). It shows how the value varies
        with the test images, but not with training runs. If ``class_ap`` is among the keys, this
        makes another pass over the scores.

        Args:
            resamples: Number of resamples; 2 or more.
            seed: Random seed. Equal seeds draw the same images for two evaluations.
            level: Share of the resampled values inside the interval.

        Returns:
            Lower and upper end by key.

        Raises:
            UsageError: If ``resamples`` is below 2 or ``level`` is not between 0 and 1.

        Note:
            Takes 8 bytes × images × resamples.
        """
        return {
            key: centred_interval(self.values[key], drawn, level)
            for key, drawn in self.resampled(resamples, seed).items()
        }

    def resampled(self, resamples: int = 200, seed: int = 0) -> dict[str, DoubleArray]:
        """Compute each metric over images drawn with replacement, (resamples,) float64 by key.

        Equal seeds draw the same images: values of two evaluations of the same test set can be
        subtracted draw by draw, which is more sensitive than comparing two intervals.

        Raises:
            UsageError: If ``resamples`` is below 2.
        """
        everything = {_ALL: np.ones(self.n_labels, bool)}
        return self._resampled(everything, resamples, seed)[_ALL]

    def intervals_by_frequency(
        self, resamples: int = 200, seed: int = 0, level: float = 0.95
    ) -> dict[str, dict[str, tuple[float, float] | None]]:
        """Compute bootstrap intervals for ``by_frequency``, see `intervals`.

        Returns:
            Lower and upper end by bucket and key; None if no resample defines the metric.

        Raises:
            UsageError: If ``resamples`` is below 2 or ``level`` is not between 0 and 1.
        """
        drawn = self._resampled(self._buckets, resamples, seed)
        return {
            name: {
                key: None
                if np.isnan(drawn[name][key]).all()
                else centred_interval(value, drawn[name][key], level)
                for key, value in values.items()
            }
            for name, values in self.by_frequency.items()
        }

    @property
    def labels_by_frequency(self) -> dict[str, int]:
        """Count the labels of each bucket that are on a test image."""
        held = np.bincount(self._ranking.truth.indices, minlength=self.n_labels) > 0
        return {name: int(held[mask].sum()) for name, mask in self._buckets.items()}

    def _resampled(
        self, groups: dict[str, BoolArray], resamples: int, seed: int
    ) -> dict[str, dict[str, DoubleArray]]:
        if resamples < 2:
            raise UsageError(f"resamples must be 2 or more, such as 200, but got {resamples}")
        weights = resample_images(self.n_images, resamples, seed)
        return self._metrics.compute(self._ranking, weights, groups)

    def to_json(self) -> dict[str, Json]:
        """Convert to JSON types, without intervals."""
        return {
            "values": dict(self.values),
            "by_frequency": {name: dict(values) for name, values in self.by_frequency.items()},
            "definitions": dict(self.definitions),
            "images": self.n_images,
            "images_without_tags": self.n_images_without_tags,
            "labels": self.n_labels,
            "labels_in_truth": self.n_labels_in_truth,
            "highest_weighted_map": self.highest_weighted_map,
        }


def evaluate(
    scores: Scores,
    truth: SparseRows,
    *,
    label_counts: IntArray,
    class_weights: DoubleArray | None = None,
    cutoffs: Sequence[int] | None = None,
    n_images: int | None = None,
    per_class: bool = True,
    buckets: Sequence[int] = BUCKET_EDGES,
    progress: Progress | None = None,
) -> Evaluation:
    """Measure how well scores rank the true labels of images (§4.2).

    Makes one pass over blocks of rows of the scores, and one over blocks of columns for
    ``class_ap``, so images × labels are never in memory at once. Computed in float64.

    Args:
        scores: Images × labels, higher is better; -inf ranks last. Equal scores rank by label
            number, except in ``class_ap``, where they count together.
        truth: CSR, images × labels; nonzero cells are true tags.
        label_counts: (labels,) int64, number of training images with each label.
        class_weights: (labels,) importance for ``weighted_map@100``; if None,
            `capped_frequency_weights` of ``label_counts``.
        cutoffs: Values of k for precision, recall, nDCG and propensity-scored precision; if
            None, those that `METRICS` lists for each.
        n_images: Number of training images, for propensities; without it, metrics that need
            propensities are left out.
        per_class: Whether to compute ``class_ap``, the only metric that needs the second pass.
        buckets: Smallest training count of each frequency bucket after the first.
        progress: Called with the number of finished rows and columns of scores, and of all.

    Returns:
        Values, definitions and intervals.

    Raises:
        UsageError: If shapes do not fit, or counts, weights, cut-offs or edges are invalid.
        DataError: If a score is NaN (the message names the image's row), or no image has a
            true tag.

    Examples:
        >>> import numpy as np
        >>> from scipy.sparse import csr_array
        >>> from labelsphere.metrics import DenseScores
        >>> evaluation = evaluate(
        ...     DenseScores([[0.9, 0.1, 0.3], [0.2, 0.8, 0.1]]),
        ...     csr_array(np.array([[1, 0, 0], [1, 1, 0]])),
        ...     label_counts=np.array([20, 10, 5]),
        ... )
        >>> evaluation.values["precision@1"], evaluation.values["image_ap"]
        (1.0, 1.0)
    """
    n_labels = scores.shape[1]
    counts = _checked_counts(label_counts, n_labels)
    weights = (
        capped_frequency_weights(counts)
        if class_weights is None
        else _checked_weights(class_weights, n_labels)
    )
    masks = frequency_buckets(counts, buckets)
    metrics = MetricList(
        class_weights=weights,
        propensities=None if n_images is None else label_propensities(counts, n_images),
        cutoffs=_checked_cutoffs(cutoffs),
        per_class=per_class,
    )
    watched = scores if progress is None else ReportingScores(scores, progress)
    ranking = Ranking.from_scores(watched, truth)
    in_truth = np.bincount(ranking.truth.indices, minlength=n_labels) > 0
    groups: dict[str, BoolArray] = {_ALL: np.ones(n_labels, bool)}
    groups |= {name: mask for name, mask in masks.items() if in_truth[mask].any()}
    plain = np.ones((scores.shape[0], 1))
    found = {
        name: {key: float(value[0]) for key, value in of_group.items()}
        for name, of_group in metrics.compute(ranking, plain, groups).items()
    }
    if progress is not None:
        progress(sum(scores.shape), sum(scores.shape))
    return Evaluation(
        values=found.pop(_ALL),
        by_frequency=found,
        definitions=metrics.definitions(),
        n_images=scores.shape[0],
        n_images_without_tags=int((ranking.true_ranks.tags_per_image == 0).sum()),
        n_labels=n_labels,
        n_labels_in_truth=int(in_truth.sum()),
        highest_weighted_map=float(weights[in_truth].mean()),
        _ranking=replace(ranking, scores=scores),
        _metrics=metrics,
        _buckets={name: mask for name, mask in groups.items() if name != _ALL},
    )


def _checked_counts(label_counts: IntArray, n_labels: int) -> IntArray:
    counts = np.asarray(label_counts)
    if counts.shape != (n_labels,) or counts.dtype.kind not in "iu" or (counts < 0).any():
        raise UsageError(
            f"label_counts must be {n_labels} whole numbers >= 0, one per label, "
            f"but got shape {counts.shape} of {counts.dtype}"
        )
    return counts.astype(np.int64)


def _checked_weights(class_weights: DoubleArray, n_labels: int) -> DoubleArray:
    weights = np.asarray(class_weights, np.float64)
    if weights.shape != (n_labels,) or not np.isfinite(weights).all() or (weights < 0).any():
        raise UsageError(
            f"class_weights must be {n_labels} finite numbers >= 0, one per label, "
            f"but got shape {weights.shape}"
        )
    return weights


def _checked_cutoffs(cutoffs: Sequence[int] | None) -> tuple[int, ...] | None:
    if cutoffs is None:
        return None
    if not len(cutoffs) or any(cutoff < 1 for cutoff in cutoffs):
        raise UsageError(f"cutoffs must be one or more numbers >= 1, but got {list(cutoffs)}")
    return tuple(dict.fromkeys(int(cutoff) for cutoff in cutoffs))
