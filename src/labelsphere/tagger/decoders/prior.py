"""How common a tag is, as something to add to its score or take from it."""

import numpy as np
import torch
from torch import Tensor

from labelsphere.arrays import IntArray


def log_prior(counts: IntArray, n_images: int) -> Tensor:
    """Logarithm of each label's share of the training images, float32, (labels,).

    Half an image is added to each count, so that a label never seen stays finite: a cosine
    estimates the mutual information of image and tag, and posterior = information + log prior.
    """
    share = (np.asarray(counts, np.float64) + 0.5) / (n_images + 1.0)
    return torch.from_numpy(np.log(share).astype(np.float32))
