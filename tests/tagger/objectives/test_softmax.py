from collections.abc import Callable

import numpy as np
import pytest
import torch

from labelsphere.annotations import Vocabulary
from labelsphere.arrays import AnyArray, SparseRows
from labelsphere.tagger.decoders import log_prior
from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.objectives import OBJECTIVES
from labelsphere.tagger.objectives.softmax import Softmax

CPU = torch.device("cpu")
COUNTS = np.array([5, 0, 3, 9, 1, 1, 2])
Rows = Callable[..., SparseRows]


def reference(logits: AnyArray, multi_hot: AnyArray) -> float:
    """Image by image, in float64."""
    total = 0.0
    for row, present in zip(logits.astype(np.float64), multi_hot, strict=True):
        largest = row.max()
        log_shares = row - largest - np.log(np.exp(row - largest).sum())
        total += -log_shares[present].mean() if present.any() else 0.0
    return total / len(logits)


@pytest.mark.parametrize("seed", range(5))
def test_equals_the_definition(random_rows: Rows, seed: int) -> None:
    matrix = random_rows(seed)
    logits = 5 * torch.randn((9, 7), generator=torch.manual_seed(seed))
    loss = Softmax(COUNTS, 9)(logits, LabelBatch.from_rows(matrix, np.arange(9), CPU))
    expected = reference(logits.numpy(), matrix.toarray() != 0)
    assert expected > 0.5
    assert loss.item() == pytest.approx(expected, rel=1e-5)


def test_the_gradient_is_that_of_the_definition(random_rows: Rows) -> None:
    matrix = random_rows(1)
    logits = torch.randn((9, 7), generator=torch.manual_seed(1), requires_grad=True)
    Softmax(COUNTS, 9)(logits, LabelBatch.from_rows(matrix, np.arange(9), CPU)).backward()
    assert logits.grad is not None
    plain, multi_hot = logits.detach().double().numpy(), matrix.toarray() != 0
    for place in np.ndindex(plain.shape):
        moved = [plain.copy(), plain.copy()]
        moved[0][place] -= 1e-5
        moved[1][place] += 1e-5
        low, high = (reference(values, multi_hot) for values in moved)
        assert logits.grad[place].item() == pytest.approx((high - low) / 2e-5, abs=1e-5)


def test_images_without_tags_give_no_gradient(random_rows: Rows) -> None:
    matrix = random_rows(0)
    rows = np.array([0, 8])
    assert not matrix.toarray()[rows].any()
    logits = torch.randn((2, 7), generator=torch.manual_seed(0), requires_grad=True)
    loss = Softmax(COUNTS, 9)(logits, LabelBatch.from_rows(matrix, rows, CPU))
    loss.backward()
    assert loss.item() == 0
    assert logits.grad is not None
    assert not logits.grad.any()


@pytest.mark.parametrize("scale", [1e4, -1e4])
def test_extreme_logits_stay_finite(random_rows: Rows, scale: float) -> None:
    matrix = random_rows(0)
    logits = (scale * torch.randn((9, 7), generator=torch.manual_seed(0))).requires_grad_()
    loss = Softmax(COUNTS, 9)(logits, LabelBatch.from_rows(matrix, np.arange(9), CPU))
    loss.backward()
    expected = reference(logits.detach().numpy(), matrix.toarray() != 0)
    assert loss.item() == pytest.approx(expected, rel=1e-5)
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()


def test_is_computed_in_float32_from_bfloat16(random_rows: Rows) -> None:
    matrix = random_rows(0)
    logits = torch.randn((9, 7), generator=torch.manual_seed(0)).bfloat16()
    loss = Softmax(COUNTS, 9)(logits, LabelBatch.from_rows(matrix, np.arange(9), CPU))
    assert loss.dtype == torch.float32
    expected = reference(logits.float().numpy(), matrix.toarray() != 0)
    assert loss.item() == pytest.approx(expected, rel=1e-5)


def test_first_predictions_are_the_prior() -> None:
    head = torch.nn.Linear(64, 7)
    Softmax(COUNTS, 9).initialise(head)
    np.testing.assert_array_equal(head.bias.detach(), log_prior(COUNTS, 9))
    assert head.weight.std().item() == pytest.approx(0.01, rel=0.2)


def test_is_known_by_name_and_needs_no_space() -> None:
    vocabulary = Vocabulary([f"tag {i}" for i in range(7)])
    objective = OBJECTIVES["softmax"].build(LabelContext(vocabulary, COUNTS, 9))
    assert isinstance(objective, Softmax)
    assert objective.width == 7
    assert not objective.needs_space
