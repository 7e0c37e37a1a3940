import numpy as np
import pytest

from labelsphere.errors import UsageError
from labelsphere.metrics import DenseScores
from labelsphere.metrics.scores import ReportingScores, blocks


def test_rows_and_columns_are_cut_from_the_same_float32_array() -> None:
    values = np.arange(12.0).reshape(3, 4)
    scores = DenseScores(values)
    assert scores.shape == (3, 4)
    np.testing.assert_array_equal(scores.rows(1, 3), values[1:3])
    np.testing.assert_array_equal(scores.columns(2, 4), values[:, 2:4])
    assert scores.rows(0, 1).dtype == np.float32


def test_scores_of_one_image_need_two_dimensions() -> None:
    with pytest.raises(UsageError, match=r"images × labels, but got an array of shape \(3,\)"):
        DenseScores(np.zeros(3))


@pytest.mark.parametrize(("length", "width"), [(0, 5), (1, 1), (7, 0), (10, 2**20), (5, 2**23)])
def test_blocks_cover_every_row_once(length: int, width: int) -> None:
    borders = list(blocks(length, width))
    assert [row for start, stop in borders for row in range(start, stop)] == list(range(length))
    assert all(stop - start == 1 or (stop - start) * width <= 2**21 for start, stop in borders)


def test_progress_is_reported_over_rows_and_columns() -> None:
    seen: list[tuple[int, int]] = []
    inner = DenseScores(np.arange(12.0).reshape(3, 4))
    scores = ReportingScores(inner, lambda done, total: seen.append((done, total)))
    np.testing.assert_array_equal(scores.rows(0, 2), inner.rows(0, 2))
    np.testing.assert_array_equal(scores.columns(0, 3), inner.columns(0, 3))
    assert scores.shape == (3, 4)
    assert seen == [(2, 7), (6, 7)]
