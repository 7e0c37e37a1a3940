"""Objectives with one output for each label: the head starts at the labels' prior."""

from typing import Self

import numpy as np
import torch
from torch import Tensor, nn

from labelsphere.arrays import FloatArray, IntArray
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.objectives.base import Objective


class Classifier(Objective):
    """One output for each label.

    The head starts at the labels' prior, so that training does not spend its first steps on
    learning how rare every label is.

    Args:
        counts: Training images of each label, (labels,).
        n_images: Number of training images.
    """

    def __init__(self, counts: IntArray, n_images: int) -> None:
        super().__init__()
        self.width = len(counts)
        self._first_bias = self.first_bias(counts, n_images)

    @classmethod
    def build(cls, labels: LabelContext) -> Self:
        """The objective for the labels' counts."""
        return cls(labels.counts, labels.n_images)

    @staticmethod
    def first_bias(counts: IntArray, n_images: int) -> Tensor:
        """Outputs of a head that knows the counts alone, float32, (labels,).

        The default is the prior log-odds, for outputs that are read by a sigmoid.
        """
        return torch.from_numpy(prior_log_odds(counts, n_images))

    def initialise(self, head: nn.Linear) -> None:
        """Set the bias to the prior; weights small, so that the bias is what counts at first."""
        with torch.no_grad():
            head.weight.normal_(std=0.01)
            head.bias.copy_(self._first_bias)


def prior_log_odds(counts: IntArray, n_images: int) -> FloatArray:
    """Log-odds of each label before anything is seen of an image, float32, (labels,).

    Half an image is added to both sides (Jeffreys' prior), so that labels of no image and labels
    of all images stay finite.
    """
    present = np.asarray(counts, np.float64)
    odds: FloatArray = np.log((present + 0.5) / (n_images - present + 0.5)).astype(np.float32)
    return odds
