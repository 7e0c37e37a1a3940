"""The fused likelihood against the two losses that it stands for, values and gradients."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from labelsphere.arrays import SparseRows
from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.objectives import Logistic
from labelsphere.tagger.objectives.likelihood import SIGMOIDS, SOFTMAX, tag_likelihood
from labelsphere.tagger.objectives.softmax import Softmax

COUNTS = np.array([5, 0, 3, 9, 1, 1, 2])
CPU = torch.device("cpu")


@pytest.mark.parametrize("scale", [0.1, 3.0, 60.0])
@pytest.mark.parametrize("rows", [[1, 2, 3, 4, 0, 8], [0, 8], []])
def test_is_the_weighted_sum_of_both_losses(
    random_rows: Callable[..., SparseRows], rows: list[int], scale: float
) -> None:
    batch = LabelBatch.from_rows(random_rows(1), np.array(rows, np.int64), CPU)
    logits = scale * torch.randn((len(rows), 7), generator=torch.manual_seed(0))
    fused, plain = logits.clone().requires_grad_(), logits.clone().requires_grad_()
    loss = tag_likelihood(fused, batch)
    loss.backward()
    assert fused.grad is not None
    if not rows:
        assert loss.item() == 0
        return
    expected = SIGMOIDS * Logistic(COUNTS, 9)(plain, batch)
    expected = expected + SOFTMAX * Softmax(COUNTS, 9)(plain, batch)
    expected.backward()
    assert plain.grad is not None
    torch.testing.assert_close(loss, expected, rtol=1e-5, atol=1e-5)
    torch.testing.assert_close(fused.grad, plain.grad, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("value", [1e4, -1e4])
def test_extreme_logits_stay_finite(random_rows: Callable[..., SparseRows], value: float) -> None:
    batch = LabelBatch.from_rows(random_rows(1), np.arange(9), CPU)
    logits = torch.full((9, 7), value)
    logits[:, 3] = -value
    logits.requires_grad_()
    loss = tag_likelihood(logits, batch)
    loss.backward()
    assert loss.isfinite()
    assert logits.grad is not None
    assert logits.grad.isfinite().all()
