"""Defaults of an objective."""

from typing import Self

import torch
from torch import Tensor, nn

from labelsphere.annotations import Annotations
from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.objectives import Objective


class Mean(Objective):
    """The mean of the outputs."""

    description = "mean"
    width = 2

    @classmethod
    def build(cls, labels: LabelContext) -> Self:  # noqa: ARG003
        """Return the objective."""
        return cls()

    def forward(self, predicted: Tensor, labels: LabelBatch) -> Tensor:  # noqa: ARG002
        """Return the mean."""
        return predicted.mean()


def test_images_with_a_tag_are_usable() -> None:
    tags = Annotations.from_lists([["a"], [], ["a", "b"], []])
    objective = Mean.build(LabelContext.of(tags))
    assert objective.usable(tags.matrix).tolist() == [True, False, True, False]
    assert objective.usable(tags.matrix[:0]).tolist() == []


def test_the_head_keeps_its_first_weights() -> None:
    head = nn.Linear(3, 2)
    before = [parameter.detach().clone() for parameter in head.parameters()]
    Mean().initialise(head)
    assert all(map(torch.equal, before, head.parameters()))


def test_it_needs_no_space_and_puts_out_logits() -> None:
    objective = Mean()
    assert (objective.needs_space, objective.outputs, objective.decoder) == (
        False,
        "logits",
        "logistic",
    )
