import numpy as np
import polars as pl
import pytest
from scipy.sparse import csr_array

from labelsphere.annotations.report import ReadReport
from labelsphere.annotations.table_data import TableData, absent_tags, tags_of
from labelsphere.annotations.vocabulary import Vocabulary

LABELS = Vocabulary(["car", "sea", "sky"])
HAS = np.array([[0, 1, 0.5], [0, 0, 0], [1, 1, 1]], np.float32)


def data(absent: np.ndarray | None = None) -> TableData:
    known = None if absent is None else csr_array(absent)
    ids = ["a", "b", "c"]
    return TableData(ids, LABELS, csr_array(HAS), pl.DataFrame(), None, ReadReport(), known, None)


@pytest.mark.parametrize("row", range(3))
def test_tags_of_a_row_are_in_the_order_of_the_vocabulary(row: int) -> None:
    expected = [name for name, value in zip(LABELS, HAS[row], strict=True) if value]
    assert data().tags_of(row) == tags_of(csr_array(HAS), LABELS, row) == expected
    assert data().n_images == 3


def test_known_absences_are_none_where_none_are_known() -> None:
    assert absent_tags(data(), 0) == []
    known = np.array([[1, 0, 0], [1, 1, 1], [0, 0, 0]], np.float32)
    assert [absent_tags(data(known), row) for row in range(3)] == [
        ["car"], ["car", "sea", "sky"], [],
    ]  # fmt: skip
