"""The baseline's objective (§4.3.3): an independent sigmoid for each class."""

from typing import Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import softplus

from labelsphere.arrays import FloatArray, IntArray
from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.objectives.base import Objective


class Logistic(Objective):
    """Binary cross-entropy, summed over classes and averaged over images.

    With logits z and true classes C, −Σ log σ(z_c) − Σ log(1 − σ(z_n)) over the others equals
    Σ_n softplus(z_n) − Σ_{c ∈ C} z_c: the labels stay sparse, and nothing overflows.

    The head starts at the tags' prior log-odds, so that training does not spend its first steps
    on learning how rare every tag is.

    Args:
        counts: Training images of each label, (labels,).
        n_images: Number of training images.
    """

    description = "logistic regression: an independent sigmoid for each label"

    def __init__(self, counts: IntArray, n_images: int) -> None:
        super().__init__()
        self.width = len(counts)
        self._log_odds = torch.from_numpy(prior_log_odds(counts, n_images))

    @classmethod
    def build(cls, labels: LabelContext) -> Self:
        """The objective for the labels' counts."""
        return cls(labels.counts, labels.n_images)

    def initialise(self, head: nn.Linear) -> None:
        """Bias at the prior log-odds; weights small, so that the bias is what counts at first."""
        with torch.no_grad():
            head.weight.normal_(std=0.01)
            head.bias.copy_(self._log_odds)

    def forward(self, predicted: Tensor, labels: LabelBatch) -> Tensor:
        """Mean over images of the cross-entropy summed over all classes, in nats."""
        return logistic_loss(predicted.float(), labels)


def logistic_loss(logits: Tensor, labels: LabelBatch) -> Tensor:
    """Mean over images of the cross-entropy summed over all classes, in nats.

    Args:
        logits: (images, labels) float32.
        labels: The images' labels.
    """
    true = logits[labels.image_of_tag(), labels.indices]
    return (softplus(logits).sum() - true.sum()) / len(logits)


def prior_log_odds(counts: IntArray, n_images: int) -> FloatArray:
    """Log-odds of each label before anything is seen of an image, float32, (labels,).

    Half an image is added to both sides (Jeffreys' prior), so that labels of no image and labels
    of all images stay finite.
    """
    present = np.asarray(counts, np.float64)
    odds: FloatArray = np.log((present + 0.5) / (n_images - present + 0.5)).astype(np.float32)
    return odds
