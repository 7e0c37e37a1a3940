"""nDCG at k: true tags count more the higher they rank."""

import numpy as np

from labelsphere.metrics.image_values import ImageValues, sum_by_image
from labelsphere.metrics.true_ranks import TrueRanks


def ndcg(true_ranks: TrueRanks, cutoff: int) -> ImageValues:
    """Compute normalised discounted cumulative gain of the first k predictions, over tagged images.

    A true tag at rank r gains 1 / log2(1 + r); the sum is divided by that of the best possible
    ranking, which has the image's true tags first.

    Args:
        true_ranks: Ranks of the true tags.
        cutoff: k.
    """
    gains = np.where(true_ranks.ranks <= cutoff, 1 / np.log2(1.0 + true_ranks.ranks), 0.0)
    best = np.concatenate([[0.0], np.cumsum(1 / np.log2(np.arange(2.0, cutoff + 2)))])
    ideal = best[np.clip(true_ranks.tags_per_image, 1, cutoff)]
    return ImageValues.mean_over_tagged(sum_by_image(true_ranks, gains) / ideal, true_ranks)
