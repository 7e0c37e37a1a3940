"""Recall at k: the share of true tags that are among the first predictions."""

import numpy as np

from labelsphere.metrics.image_values import ImageValues, sum_by_image
from labelsphere.metrics.true_ranks import TrueRanks


def recall(true_ranks: TrueRanks, cutoff: int) -> ImageValues:
    """Compute the share of true tags among the first k predictions, over tagged images.

    An image with more than k true tags cannot reach 1.

    Args:
        true_ranks: Ranks of the true tags.
        cutoff: k.
    """
    hits = sum_by_image(true_ranks, (true_ranks.ranks <= cutoff).astype(np.float64))
    shares = hits / np.maximum(true_ranks.tags_per_image, 1)
    return ImageValues.mean_over_tagged(shares, true_ranks)
