"""Per-image average precision: how highly an image's true tags rank."""

import numpy as np

from labelsphere.metrics.image_values import ImageValues, sum_by_image
from labelsphere.metrics.true_ranks import TrueRanks


def image_ap(true_ranks: TrueRanks) -> ImageValues:
    """Compute average precision over the ranking of all labels, averaged over tagged images.

    For each true tag: the share of true tags among the predictions up to its rank; mean over the
    image's true tags. Exact, without cut-off.

    Args:
        true_ranks: Ranks of the true tags.
    """
    precisions = true_ranks.positions / true_ranks.ranks
    means = sum_by_image(true_ranks, precisions) / np.maximum(true_ranks.tags_per_image, 1)
    return ImageValues.mean_over_tagged(means, true_ranks)
