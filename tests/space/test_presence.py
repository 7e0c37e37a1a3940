"""Tag sets in any sparse form come out as each label once."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from labelsphere.errors import DataError
from labelsphere.space.presence import confidence_rows, presence_rows


def untidy() -> csr_array:
    """Row 0: label 2 twice, label 0; row 1: nothing but a stored zero; row 2: label 1."""
    data = np.array([0.25, 0.5, 0.75, 0.0, 1.0], np.float32)
    return csr_array((data, np.array([2, 0, 2, 1, 1]), np.array([0, 3, 4, 5])), shape=(3, 3))


def test_a_tag_counts_once_a_row_with_its_largest_confidence() -> None:
    rows = confidence_rows(untidy())
    assert rows.toarray().tolist() == [[0.5, 0, 0.75], [0, 0, 0], [0, 1, 0]]
    assert rows.nnz == 3
    assert rows.has_canonical_format
    assert rows.dtype == np.float64


def test_presence_ignores_confidence_and_leaves_its_input_alone() -> None:
    given = untidy()
    assert presence_rows(given).toarray().tolist() == [[1, 0, 1], [0, 0, 0], [0, 1, 0]]
    assert given.data.tolist() == [0.25, 0.5, 0.75, 0.0, 1.0]


@pytest.mark.parametrize("value", [-1.0, np.nan, np.inf])
def test_values_that_are_no_confidence_are_refused(value: float) -> None:
    with pytest.raises(DataError, match="0 or above"):
        presence_rows(csr_array(np.array([[1.0, value]])))


@pytest.mark.parametrize("rows", [np.eye(2), csr_array(np.eye(2)).tocoo()])
def test_other_forms_than_csr_are_refused(rows: object) -> None:
    with pytest.raises(DataError, match=f"CSR array, but got {type(rows).__name__}"):
        presence_rows(rows)
