"""MAP@100, the paper's metric (§4.2): precision per class over the first 100 predictions."""

from typing import Self

import numpy as np

from labelsphere.arrays import AnyArray, DoubleArray, IntArray, SparseRows
from labelsphere.errors import UsageError
from labelsphere.metrics.ranking import DEPTH, Ranking
from labelsphere.metrics.truth import find_hits


class MapAt100:
    """MAP@100, accumulated over batches in three arrays of classes × 100.

    For class n, P(k, n) is the share of the images with n among their first k predictions that
    truly have n, and 0 where no image has n there. The metric is its mean over k = 1 … 100 and
    over the N classes that at least one image truly has:

        MAP@100 = 1/N Σ_n w_n Σ_k P(k, n) / 100

    The weights w_n are 1 by default. As in the paper, they multiply and are not normalised, so the
    largest possible value is the mean weight of the N classes. With fewer than 100 labels, P(k, n)
    is constant for k above the number of labels. Images without true tags count: all their
    predictions are false.

    Args:
        n_labels: Number of classes, with those that never occur.

    Attributes:
        predicted: (labels, min(100, labels)) float64, number of images with the label at the rank.
        correct: Same shape, number of these images that truly have the label.
        occurrences: (labels,) float64, number of images that truly have the label.

    Examples:
        >>> from scipy.sparse import csr_array
        >>> metric = MapAt100(n_labels=2)
        >>> _ = metric.update([[0, 1]], csr_array([[1.0, 0.0]]))
        >>> _ = metric.update([[0, 1]], csr_array([[0.0, 1.0]]))
        >>> metric.compute()  # P(1, .) = 1/2, 0; P(2, .) and all others = 1/2, 1/2
        0.4975
    """

    def __init__(self, n_labels: int) -> None:
        self.n_labels = n_labels
        self.depth = min(DEPTH, n_labels)
        self.predicted: DoubleArray = np.zeros((n_labels, self.depth))
        self.correct: DoubleArray = np.zeros((n_labels, self.depth))
        self.occurrences: DoubleArray = np.zeros(n_labels)

    def update(self, top: AnyArray | list[list[int]], truth: SparseRows) -> Self:
        """Add a batch of images.

        Args:
            top: (images, at least min(100, labels)) label numbers, best first, all different.
            truth: CSR, images × labels, sorted indices; every stored cell is a true tag.

        Returns:
            The metric itself.

        Raises:
            UsageError: If the shapes do not fit, or a row of ``top`` has a label twice or a
                number that is not a label.
        """
        first = self._checked(np.asarray(top, np.int64), truth)
        self._add(first, find_hits(first, truth), truth, np.ones(len(first)))
        return self

    def merge(self, other: "MapAt100") -> Self:
        """Add the counts of another object over other images of the same classes.

        Raises:
            UsageError: If the number of classes differs.
        """
        if other.n_labels != self.n_labels:
            raise UsageError(
                f"cannot merge MAP@100 over {other.n_labels} classes into {self.n_labels}"
            )
        self.predicted += other.predicted
        self.correct += other.correct
        self.occurrences += other.occurrences
        return self

    def per_class(self) -> DoubleArray:
        """Mean of P(k, n) over k, (labels,) float64; NaN for classes that no image truly has."""
        predicted = np.cumsum(self.predicted, axis=1)
        precisions = np.cumsum(self.correct, axis=1)
        np.divide(precisions, predicted, out=precisions, where=predicted > 0)
        means: DoubleArray = precisions.sum(axis=1)
        means += (DEPTH - self.depth) * precisions[:, -1]
        means /= DEPTH
        means[self.occurrences == 0] = np.nan
        return means

    def compute(self, class_weights: DoubleArray | None = None) -> float:
        """Compute the metric over all images added so far.

        Args:
            class_weights: (labels,) importance of each class; 1 each if None.

        Raises:
            UsageError: If no image with a true tag was added, or the weights do not fit.
        """
        means = self.per_class()
        occurring = ~np.isnan(means)
        if not occurring.any():
            raise UsageError("MAP@100 is not defined without a true tag; update() with some first")
        weights = np.ones(self.n_labels) if class_weights is None else np.asarray(class_weights)
        if weights.shape != means.shape:
            raise UsageError(
                f"class_weights must be {self.n_labels} numbers, one per class, "
                f"but got shape {weights.shape}"
            )
        return float((means * weights)[occurring].mean())

    def _checked(self, top: IntArray, truth: SparseRows) -> IntArray:
        if top.ndim != 2 or top.shape[1] < self.depth:
            raise UsageError(
                f"top must be images × {self.depth} label numbers or more, but got {top.shape}"
            )
        if truth.shape != (len(top), self.n_labels):
            raise UsageError(f"truth must be {(len(top), self.n_labels)}, but got {truth.shape}")
        first = top[:, : self.depth]
        if first.size and not 0 <= first.min() <= first.max() < self.n_labels:
            raise UsageError(f"top must hold label numbers from 0 to {self.n_labels - 1}")
        in_order = np.sort(first, axis=1)
        if (in_order[:, 1:] == in_order[:, :-1]).any():
            raise UsageError("top must not hold a label twice in one row")
        return first

    def _add(
        self, top: IntArray, hits: AnyArray, truth: SparseRows, image_weights: DoubleArray
    ) -> None:
        cells = top * self.depth + np.arange(self.depth)
        weights = np.broadcast_to(image_weights[:, None], cells.shape)
        shape = self.predicted.shape
        self.predicted += _total(cells.ravel(), weights.ravel(), self.predicted.size).reshape(shape)
        self.correct += _total(cells[hits], weights[hits], self.correct.size).reshape(shape)
        tags = np.repeat(image_weights, np.diff(truth.indptr))
        self.occurrences += _total(truth.indices, tags, self.n_labels)


def map_at_100(
    top: AnyArray | list[list[int]], truth: SparseRows, class_weights: DoubleArray | None = None
) -> float:
    """Compute MAP@100 of a ranking (§4.2); see `MapAt100` for the definition.

    Args:
        top: (images, at least min(100, labels)) label numbers, best first, all different.
        truth: CSR, images × labels, sorted indices; every stored cell is a true tag.
        class_weights: (labels,) importance of each class; 1 each if None.

    Returns:
        The value, from 0 to the mean weight of the classes that occur.

    Raises:
        UsageError: If the arguments do not fit each other, or there is no true tag.
    """
    return MapAt100(truth.shape[1]).update(top, truth).compute(class_weights)


def map_at_100_by_class(ranking: Ranking, image_weights: DoubleArray) -> DoubleArray:
    """Compute each class's term of MAP@100 with weights of the images.

    Args:
        ranking: The ranking and its truth.
        image_weights: (images, draws) float64, not negative; ones for the plain value.

    Returns:
        (labels, draws) float64; NaN where no image of any weight truly has the class.
    """
    n_labels, draws = ranking.truth.shape[1], image_weights.shape[1]
    terms = np.empty((n_labels, draws))
    for draw in range(draws):
        metric = MapAt100(n_labels)
        metric._add(ranking.top, ranking.hits, ranking.truth, image_weights[:, draw])
        terms[:, draw] = metric.per_class()
    return terms


def _total(cells: AnyArray, weights: AnyArray, size: int) -> DoubleArray:
    return np.bincount(cells, weights=weights, minlength=size).astype(np.float64, copy=False)
