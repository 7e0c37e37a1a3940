from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from labelsphere.annotations import Vocabulary
from labelsphere.arrays import SparseRows
from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.objectives import Logistic, prior_log_odds

CPU = torch.device("cpu")
COUNTS = np.array([5, 0, 3, 9, 1, 1, 2])
Rows = Callable[..., SparseRows]


def dense_loss(logits: torch.Tensor, matrix: SparseRows) -> torch.Tensor:
    truth = torch.from_numpy((matrix.toarray() != 0).astype(np.float64))
    summed = binary_cross_entropy_with_logits(logits.double(), truth, reduction="sum")
    return summed / len(logits)


@pytest.mark.parametrize("seed", range(5))
def test_equals_torchs_cross_entropy_on_dense_targets(random_rows: Rows, seed: int) -> None:
    matrix = random_rows(seed)
    batch = LabelBatch.from_rows(matrix, np.arange(9), CPU)
    logits = 5 * torch.randn((9, 7), generator=torch.manual_seed(seed))
    ours, theirs = logits.clone().requires_grad_(), logits.clone().requires_grad_()
    loss, expected = Logistic(COUNTS, 9)(ours, batch), dense_loss(theirs, matrix)
    assert loss.item() == pytest.approx(expected.item(), rel=1e-6)
    loss.backward()
    expected.backward()
    assert ours.grad is not None
    torch.testing.assert_close(ours.grad, theirs.grad, atol=1e-6, rtol=1e-5)


def test_is_computed_in_float32_from_bfloat16(random_rows: Rows) -> None:
    matrix = random_rows(0)
    logits = torch.randn((9, 7), generator=torch.manual_seed(0)).bfloat16()
    loss = Logistic(COUNTS, 9)(logits, LabelBatch.from_rows(matrix, np.arange(9), CPU))
    assert loss.dtype == torch.float32
    assert loss.item() == pytest.approx(dense_loss(logits, matrix).item(), rel=1e-6)


@pytest.mark.parametrize("logit", [1e4, -1e4])
def test_extreme_logits_stay_finite(random_rows: Rows, logit: float) -> None:
    matrix = random_rows(0)
    logits = torch.full((9, 7), logit, requires_grad=True)
    loss = Logistic(COUNTS, 9)(logits, LabelBatch.from_rows(matrix, np.arange(9), CPU))
    loss.backward()
    assert loss.item() == pytest.approx(dense_loss(logits.detach(), matrix).item(), rel=1e-6)
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()


def test_first_predictions_are_the_prior() -> None:
    head = torch.nn.Linear(512, 7)
    objective = Logistic(COUNTS, 9)
    torch.manual_seed(0)
    objective.initialise(head)
    features = torch.rand((50, 512), generator=torch.manual_seed(1))
    with torch.no_grad():
        predicted = head(features)
    expected = torch.from_numpy(prior_log_odds(COUNTS, 9))
    np.testing.assert_array_equal(head.bias.detach(), expected)
    # The weights spread the logits by 0.01 · ‖features‖, about 0.13.
    assert (predicted - expected).abs().max() < 0.6
    assert (predicted - expected).std() == pytest.approx(0.13, rel=0.3)


def test_usable_images_have_a_tag(random_rows: Rows) -> None:
    matrix = random_rows(3)
    expected = [bool(row.any()) for row in matrix.toarray()]
    assert Logistic(COUNTS, 9).usable(matrix).tolist() == expected


def test_is_as_wide_as_the_vocabulary() -> None:
    vocabulary = Vocabulary([f"tag {i}" for i in range(7)])
    objective = Logistic.build(LabelContext(vocabulary, COUNTS, 9))
    assert objective.width == 7
    assert list(objective.parameters()) == []
