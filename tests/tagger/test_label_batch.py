from collections.abc import Callable

import numpy as np
import pytest
import torch

from labelsphere.arrays import SparseRows
from labelsphere.tagger.label_batch import LabelBatch

CPU = torch.device("cpu")


@pytest.mark.parametrize("seed", range(5))
def test_holds_the_cells_of_the_chosen_rows(
    random_rows: Callable[..., SparseRows], seed: int
) -> None:
    matrix = random_rows(seed)
    rows = np.array([8, 3, 0, 3, 7])
    batch = LabelBatch.from_rows(matrix, rows, CPU)
    rebuilt = np.zeros((len(rows), matrix.shape[1]))
    rebuilt[batch.image_of_tag().numpy(), batch.indices.numpy()] = 1
    np.testing.assert_array_equal(rebuilt, matrix.toarray()[rows] != 0)
    assert len(batch.offsets) == len(rows)
    assert batch.indices.dtype == batch.offsets.dtype == torch.int64


def test_images_without_tags_keep_their_place(random_rows: Callable[..., SparseRows]) -> None:
    batch = LabelBatch.from_rows(random_rows(0), np.array([0, 7, 8]), CPU)
    assert batch.offsets.tolist() == [0, 0, 0]
    assert batch.image_of_tag().tolist() == batch.indices.tolist() == []
