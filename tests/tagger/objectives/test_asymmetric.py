from collections.abc import Callable

import numpy as np
import pytest
import torch

from labelsphere.annotations import Vocabulary
from labelsphere.arrays import AnyArray, SparseRows
from labelsphere.errors import UsageError
from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.objectives import OBJECTIVES, Logistic, prior_log_odds
from labelsphere.tagger.objectives.asymmetric import Asymmetric

CPU = torch.device("cpu")
COUNTS = np.array([5, 0, 3, 9, 1, 1, 2])
SETTINGS = [(0.0, 4.0, 0.05), (1.0, 2.0, 0.0), (2.0, 2.0, 0.0), (0.0, 0.0, 0.2)]
Rows = Callable[..., SparseRows]


def reference(
    logits: AnyArray, multi_hot: AnyArray, present: float, absent: float, margin: float
) -> float:
    """Cell by cell, in float64."""
    total = 0.0
    for (image, label), logit in np.ndenumerate(logits.astype(np.float64)):
        p = 1 / (1 + np.exp(-logit))
        if multi_hot[image, label]:
            total -= (1 - p) ** present * np.log(p)
        else:
            q = max(0.0, p - margin)
            total -= q**absent * np.log(1 - q)
    return total / len(logits)


@pytest.mark.parametrize(("present", "absent", "margin"), SETTINGS)
@pytest.mark.parametrize("seed", range(3))
def test_equals_the_definition(
    random_rows: Rows, seed: int, present: float, absent: float, margin: float
) -> None:
    matrix = random_rows(seed)
    logits = 3 * torch.randn((9, 7), generator=torch.manual_seed(seed))
    batch = LabelBatch.from_rows(matrix, np.arange(9), CPU)
    loss = Asymmetric(COUNTS, 9, present, absent, margin)(logits, batch)
    expected = reference(logits.numpy(), matrix.toarray() != 0, present, absent, margin)
    assert loss.item() == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(("present", "absent", "margin"), SETTINGS)
def test_the_gradient_is_that_of_the_definition(
    random_rows: Rows, present: float, absent: float, margin: float
) -> None:
    matrix = random_rows(1)
    logits = torch.randn((9, 7), generator=torch.manual_seed(1), requires_grad=True)
    objective = Asymmetric(COUNTS, 9, present, absent, margin)
    objective(logits, LabelBatch.from_rows(matrix, np.arange(9), CPU)).backward()
    assert logits.grad is not None
    plain, multi_hot = logits.detach().double().numpy(), matrix.toarray() != 0
    for place in np.ndindex(plain.shape):
        moved = [plain.copy(), plain.copy()]
        moved[0][place] -= 1e-5
        moved[1][place] += 1e-5
        low, high = (reference(v, multi_hot, present, absent, margin) for v in moved)
        assert logits.grad[place].item() == pytest.approx((high - low) / 2e-5, abs=1e-5)


def test_without_focus_and_margin_it_is_logistic(random_rows: Rows) -> None:
    batch = LabelBatch.from_rows(random_rows(2), np.arange(9), CPU)
    logits = 3 * torch.randn((9, 7), generator=torch.manual_seed(2))
    plain = Asymmetric(COUNTS, 9, 0.0, 0.0)(logits, batch)
    assert plain.item() == pytest.approx(Logistic(COUNTS, 9)(logits, batch).item(), rel=1e-6)


@pytest.mark.parametrize("name", ["asymmetric", "focal"])
@pytest.mark.parametrize("logit", [1e4, -1e4])
def test_extreme_logits_stay_finite(random_rows: Rows, name: str, logit: float) -> None:
    vocabulary = Vocabulary([f"tag {i}" for i in range(7)])
    objective = OBJECTIVES[name].build(LabelContext(vocabulary, COUNTS, 9))
    logits = torch.full((9, 7), logit, requires_grad=True)
    loss = objective(logits, LabelBatch.from_rows(random_rows(0), np.arange(9), CPU))
    loss.backward()
    assert torch.isfinite(loss)
    assert loss.item() > 1e3
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()


def test_is_computed_in_float32_from_bfloat16(random_rows: Rows) -> None:
    matrix = random_rows(0)
    logits = torch.randn((9, 7), generator=torch.manual_seed(0)).bfloat16()
    batch = LabelBatch.from_rows(matrix, np.arange(9), CPU)
    loss = Asymmetric(COUNTS, 9)(logits, batch)
    assert loss.dtype == torch.float32
    expected = reference(logits.float().numpy(), matrix.toarray() != 0, 0.0, 1.0, 0.0)
    assert loss.item() == pytest.approx(expected, rel=1e-5)


def test_the_head_starts_at_the_prior() -> None:
    head = torch.nn.Linear(64, 7)
    Asymmetric(COUNTS, 9).initialise(head)
    np.testing.assert_array_equal(head.bias.detach(), prior_log_odds(COUNTS, 9))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"present_focus": 0.5}, "present_focus must be 0, or 1 or more"),
        ({"absent_focus": -1.0}, "absent_focus must be 0, or 1 or more"),
        ({"margin": 1.0}, "margin must be from 0"),
    ],
)
def test_settings_out_of_range_are_refused(arguments: dict[str, float], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Asymmetric(COUNTS, 9, **arguments)
