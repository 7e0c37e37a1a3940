from collections.abc import Callable

import numpy as np
import pytest
import torch
from torchvision.ops import sigmoid_focal_loss

from labelsphere.arrays import SparseRows
from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.objectives.focal import Focal

COUNTS = np.array([5, 0, 3, 9, 1, 1, 2])


@pytest.mark.parametrize("seed", range(3))
def test_equals_torchvisions(random_rows: Callable[..., SparseRows], seed: int) -> None:
    matrix = random_rows(seed)
    logits = 3 * torch.randn((9, 7), generator=torch.manual_seed(seed))
    batch = LabelBatch.from_rows(matrix, np.arange(9), torch.device("cpu"))
    truth = torch.from_numpy((matrix.toarray() != 0).astype(np.float64))
    expected = sigmoid_focal_loss(logits.double(), truth, alpha=-1, gamma=2, reduction="sum") / 9
    assert Focal(COUNTS, 9)(logits, batch).item() == pytest.approx(expected.item(), rel=1e-5)
