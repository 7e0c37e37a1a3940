"""Per-class average precision: how well a class's images rank above the others."""

import numpy as np
from scipy.sparse import csc_array

from labelsphere.arrays import AnyArray, DoubleArray, FloatArray, IntArray
from labelsphere.metrics.ranking import Ranking
from labelsphere.metrics.scores import blocks


def class_ap_by_class(ranking: Ranking, image_weights: DoubleArray) -> DoubleArray:
    """Compute the average precision of each class over all images, with weights of the images.

    For each image that truly has the class: the share of such images among those that score at
    least as high for the class; mean over these images. Images of equal score count together,
    as in scikit-learn's ``average_precision_score``, so an order within ties never matters.
    One pass over blocks of columns, exact for any number of images.

    Args:
        ranking: The ranking, with scores and truth.
        image_weights: (images, draws) float64, not negative; ones for the plain value.

    Returns:
        (labels, draws) float64; NaN where no image of any weight truly has the class.
    """
    n_images, n_labels = ranking.truth.shape
    by_label = ranking.truth.tocsc()
    plain = image_weights.shape[1] == 1 and (image_weights > 0).all() and np.ptp(image_weights) == 0
    values = np.full((n_labels, image_weights.shape[1]), np.nan)
    for start, stop in blocks(n_labels, n_images):
        having = [
            by_label.indices[by_label.indptr[label] : by_label.indptr[label + 1]]
            for label in range(start, stop)
        ]
        if by_label.indptr[stop] > by_label.indptr[start]:
            columns = np.asarray(ranking.scores.columns(start, stop), np.float32)
            # Equal weights only need counting, which is much faster than weighting.
            values[start:stop] = (
                _plain_average_precisions(columns, having)
                if plain
                else _average_precisions(columns, having, image_weights)
            )
    return values


def _plain_average_precisions(columns: FloatArray, having: list[AnyArray]) -> DoubleArray:
    """Compute the average precisions of a block of classes with equal weights of images.

    Args:
        columns: (images, classes).
        having: For each class, rows of the images that have it.

    Returns:
        (classes, 1) float64.
    """
    n_images = len(columns)
    scores = np.ascontiguousarray(columns.T)
    rising = np.sort(scores, axis=1)
    values = np.full((len(having), 1), np.nan)
    for number, rows in enumerate(having):
        if len(rows):
            own = np.sort(scores[number, rows])
            own_above = len(own) - np.searchsorted(own, own)
            all_above = n_images - np.searchsorted(rising[number], own)
            values[number] = (own_above / all_above).mean()
    return values


def _average_precisions(
    columns: FloatArray, having: list[AnyArray], image_weights: DoubleArray
) -> DoubleArray:
    """Compute the average precisions of a block of classes.

    The scores of a class's images divide the scale into steps: step j of a class contains scores at
    least as high as its j-th lowest image but lower than the next. Weights are summed by step, and
    sums from a step upwards give the weight of all images that score at least as high.

    Args:
        columns: (images, classes).
        having: For each class, rows of the images that have it.
        image_weights: (images, draws).

    Returns:
        (classes, draws) float64.
    """
    scores = np.ascontiguousarray(columns.T)
    steps: IntArray = np.empty(scores.shape, np.int64)
    borders = np.cumsum([0, *map(len, having)])
    for number, own in enumerate(having):
        lowest_first = np.sort(scores[number, own])
        steps[number] = np.searchsorted(lowest_first, scores[number], side="right") - 1
    reached = steps >= 0
    steps += borders[:-1, None]
    # Images × steps as sparse ones: its transpose times the weights sums them by step.
    starts = np.concatenate([[0], np.cumsum(reached.sum(axis=0))])
    rows = steps.T[reached.T]
    shape = (int(borders[-1]), columns.shape[0])
    images_at_step = csc_array((np.ones(len(rows)), rows, starts), shape=shape)
    at_step: DoubleArray = np.asarray(images_at_step @ image_weights)
    values = np.full((len(having), image_weights.shape[1]), np.nan)
    for number, own in enumerate(having):
        low, high = borders[number], borders[number + 1]
        own_at_step = np.zeros((high - low, image_weights.shape[1]))
        np.add.at(own_at_step, steps[number, own] - low, image_weights[own])
        own_above = np.cumsum(own_at_step[::-1], axis=0)[::-1]
        all_above = np.cumsum(at_step[low:high][::-1], axis=0)[::-1]
        precisions = np.divide(own_above, all_above, out=own_above, where=all_above > 0)
        total = own_at_step.sum(axis=0)
        gained = (precisions * own_at_step).sum(axis=0)
        np.divide(gained, total, out=values[number], where=total > 0)
    return values
