"""Baseline: one softmax over all tags, equal targets for an image's tags (Joulin et al. 2016)."""

import torch
from torch import Tensor

from labelsphere.arrays import IntArray
from labelsphere.tagger.decoders import log_prior
from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.objectives.classifier import Classifier


class Softmax(Classifier):
    """Cross-entropy between the softmax of the outputs and equal shares for an image's tags.

    −1/|C| Σ_{c ∈ C} log p_c = log Σ_n exp z_n − mean of z_c. Each image counts alike, however
    many tags it has: one that lost most of its tags says as much as another.

    Args:
        counts: Training images of each label, (labels,).
        n_images: Number of training images.
    """

    description = "one softmax over all labels, equal shares for an image's tags"

    @staticmethod
    def first_bias(counts: IntArray, n_images: int) -> Tensor:
        """The log prior, float32, (labels,)."""
        return log_prior(counts, n_images)

    def forward(self, predicted: Tensor, labels: LabelBatch) -> Tensor:
        """Mean over images of the cross-entropy, in nats; 0 for images without tags."""
        return mean_cross_entropy(predicted.float(), labels) / len(predicted)


def mean_cross_entropy(logits: Tensor, labels: LabelBatch) -> Tensor:
    """Σ over images with tags of −1/|C| Σ_{c ∈ C} log softmax(z)_c, in nats, a scalar.

    Args:
        logits: (images, labels) float32.
        labels: The images' labels.
    """
    image = labels.image_of_tag()
    tags = torch.bincount(image, minlength=len(logits))
    share = 1.0 / tags.clamp_min(1).to(logits.dtype)
    true = (logits[image, labels.indices] * share[image]).sum()
    return (logits.logsumexp(dim=1) * (tags > 0)).sum() - true
