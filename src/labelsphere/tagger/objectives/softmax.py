"""Baseline: one softmax over all tags, equal targets for an image's tags (Joulin et al. 2016)."""

from typing import Self

import torch
from torch import Tensor, nn

from labelsphere.arrays import IntArray
from labelsphere.tagger.decoders import log_prior
from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.objectives.base import Objective


class Softmax(Objective):
    """Cross-entropy between the softmax of the outputs and equal shares for an image's tags.

    −1/|C| Σ_{c ∈ C} log p_c = log Σ_n exp z_n − mean of z_c. Each image counts alike, however
    many tags it has: one that lost most of its tags says as much as another.

    The head starts at the tags' log prior, as the logistic one starts at their log-odds.

    Args:
        counts: Training images of each label, (labels,).
        n_images: Number of training images.
    """

    description = "one softmax over all labels, equal shares for an image's tags"

    def __init__(self, counts: IntArray, n_images: int) -> None:
        super().__init__()
        self.width = len(counts)
        self._prior = log_prior(counts, n_images)

    @classmethod
    def build(cls, labels: LabelContext) -> Self:
        """The objective for the labels' counts."""
        return cls(labels.counts, labels.n_images)

    def initialise(self, head: nn.Linear) -> None:
        """Bias at the log prior; weights small, so that the bias is what counts at first."""
        with torch.no_grad():
            head.weight.normal_(std=0.01)
            head.bias.copy_(self._prior)

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
