"""Precision at k: the share of true tags among the first predictions."""

import numpy as np

from labelsphere.metrics.image_values import ImageValues, sum_by_image
from labelsphere.metrics.true_ranks import TrueRanks


def precision(true_ranks: TrueRanks, cutoff: int) -> ImageValues:
    """Compute the share of true tags among the first k predictions, over tagged images.

    Divided by k even if the image has fewer than k true tags or there are fewer labels.

    Args:
        true_ranks: Ranks of the true tags.
        cutoff: k.
    """
    hits = sum_by_image(true_ranks, (true_ranks.ranks <= cutoff).astype(np.float64))
    return ImageValues.mean_over_tagged(hits / cutoff, true_ranks)
