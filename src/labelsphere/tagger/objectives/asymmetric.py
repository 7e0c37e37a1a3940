"""Baseline: asymmetric loss (Ridnik et al. 2021), which ignores easy negatives."""

import torch
from torch import Tensor
from torch.nn.functional import logsigmoid, softplus

from labelsphere.arrays import IntArray
from labelsphere.errors import UsageError
from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.objectives.classifier import Classifier


class Asymmetric(Classifier):
    """Binary cross-entropy with less weight on easy examples, summed over classes.

    −Σ_{c ∈ C} (1 − p_c)^γ₊ log p_c − Σ_{n ∉ C} q_n^γ₋ log(1 − q_n), where p = σ(z) and
    q = max(0, p − margin): absent tags that score below the margin cost nothing.

    The usual settings are γ₊ = 0, γ₋ = 4, margin 0.05. Where most tags are rarer than the margin
    they teach nothing of them: the defaults here are gentler.

    Args:
        counts: Training images of each label, (labels,).
        n_images: Number of training images.
        present_focus: γ₊, 0 or from 1 on: between them the slope at 0 is infinite.
        absent_focus: γ₋, the focus for absent tags.
        margin: Subtracted from the probability of absent tags, from 0 to below 1.

    Raises:
        UsageError: If an argument is out of range.
    """

    description = "independent sigmoids with the asymmetric loss (Ridnik et al. 2021)"

    def __init__(
        self,
        counts: IntArray,
        n_images: int,
        present_focus: float = 0.0,
        absent_focus: float = 1.0,
        margin: float = 0.0,
    ) -> None:
        super().__init__(counts, n_images)
        for name, focus in (("present_focus", present_focus), ("absent_focus", absent_focus)):
            if focus != 0 and not focus >= 1:
                raise UsageError(f"{name} must be 0, or 1 or more, but got {focus}")
        if not 0 <= margin < 1:
            raise UsageError(f"margin must be from 0 to below 1, but got {margin}")
        self.present_focus = present_focus
        self.absent_focus = absent_focus
        self.margin = margin

    def forward(self, predicted: Tensor, labels: LabelBatch) -> Tensor:
        """Mean over images of the loss summed over all classes, in nats."""
        logits = predicted.float()
        image = labels.image_of_tag()
        true = logits[image, labels.indices]
        # Labels stay sparse: every class as if absent, then the present ones put right.
        loss = self._absent(logits).sum() - self._absent(true).sum() + self._present(true).sum()
        return loss / len(logits)

    def _present(self, logits: Tensor) -> Tensor:
        return -_power(torch.sigmoid(-logits), self.present_focus) * logsigmoid(logits)

    def _absent(self, logits: Tensor) -> Tensor:
        if self.margin == 0:
            return _power(torch.sigmoid(logits), self.absent_focus) * softplus(logits)
        shifted = (torch.sigmoid(logits) - self.margin).clamp_min(0.0)
        return -_power(shifted, self.absent_focus) * torch.log1p(-shifted)


def _power(values: Tensor, exponent: float) -> Tensor:
    """``values ** exponent``; ones, with a gradient of 0, where the exponent is 0."""
    return torch.ones_like(values) if exponent == 0 else values**exponent
