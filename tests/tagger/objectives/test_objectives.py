"""One suite over every objective by name."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.arrays import SparseRows
from labelsphere.space import LabelSpace
from labelsphere.tagger.decoders import resolve_decoder
from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.objectives import OBJECTIVES, Objective

TAGS = Annotations.from_lists(
    [["a", "b"], ["b", "c"], ["c", "a", "d"], ["e", "d"], ["f", "g", "a"]],
    vocabulary=Vocabulary(list("abcdefg")),
)


@pytest.fixture(params=OBJECTIVES)
def objective(request: pytest.FixtureRequest) -> Objective:
    built = OBJECTIVES[request.param].build(LabelContext.of(TAGS, LabelSpace.fit(TAGS, dim=3)))
    assert isinstance(built, OBJECTIVES[request.param])
    return built


def test_describes_itself_in_one_line(objective: Objective) -> None:
    assert 10 < len(objective.description) <= 90
    assert "\n" not in objective.description
    assert not objective.description.endswith(".")


def test_its_decoder_reads_what_its_head_puts_out(objective: Objective) -> None:
    labels = LabelContext.of(TAGS, LabelSpace.fit(TAGS, dim=3))
    head = nn.Linear(5, objective.width)
    objective.initialise(head)
    kind = resolve_decoder(objective.decoder, objective.outputs)
    decoder = kind.build(labels, head)
    points = torch.randn((4, 5 if decoder.features else objective.width))
    assert decoder.scores(points).shape == (4, 7)


def test_a_step_against_the_gradient_lowers_the_loss(
    objective: Objective, random_rows: Callable[..., SparseRows]
) -> None:
    batch = LabelBatch.from_rows(random_rows(2), np.arange(9), torch.device("cpu"))
    outputs = torch.randn((9, objective.width), generator=torch.manual_seed(0)).requires_grad_()
    before = objective(outputs, batch)
    before.backward()
    assert before.dtype == torch.float32
    assert outputs.grad is not None
    assert outputs.grad.isfinite().all()
    after = objective((outputs - 1e-2 * outputs.grad).detach(), batch)
    assert after < before


def test_images_without_tags_are_not_usable(objective: Objective) -> None:
    tags = Annotations.from_lists([["a"], []], vocabulary=TAGS.vocabulary)
    assert objective.usable(tags.matrix).tolist() == [True, False]
