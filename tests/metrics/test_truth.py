import numpy as np
import pytest
from scipy.sparse import csr_array

from labelsphere.errors import DataError, UsageError
from labelsphere.metrics.truth import binary_truth, find_hits


def test_values_become_ones_and_stored_zeros_go() -> None:
    # Row 0 holds label 2 twice and out of order, row 1 a stored zero.
    given = csr_array(([0.3, 5.0, 0.4, 0.0], [2, 0, 2, 1], [0, 3, 4]), shape=(2, 3))
    before = given.data.copy()
    truth = binary_truth(given, (2, 3))
    assert truth.toarray().tolist() == [[1, 0, 1], [0, 0, 0]]
    assert truth.indices.tolist() == [0, 2]
    assert truth.dtype == np.float32
    np.testing.assert_array_equal(given.data, before)


def test_boolean_truth_is_fine() -> None:
    assert binary_truth(csr_array(np.eye(2, dtype=bool)), (2, 2)).sum() == 2


def test_shape_must_be_that_of_the_scores() -> None:
    with pytest.raises(UsageError, match=r"\(2, 4\) like the scores, but got \(2, 3\)"):
        binary_truth(csr_array(np.ones((2, 3))), (2, 4))


def test_truth_without_any_tag_has_no_figures() -> None:
    with pytest.raises(DataError, match="none of the 2 images has a true tag"):
        binary_truth(csr_array((2, 3)), (2, 3))


def test_hits_are_looked_up_cell_by_cell() -> None:
    rng = np.random.default_rng(0)
    truth = rng.random((20, 15)) < 0.2
    top = rng.permuted(np.tile(np.arange(15), (20, 1)), axis=1)[:, :6]
    hits = find_hits(top, csr_array(truth))
    for image in range(20):
        assert hits[image].tolist() == [bool(truth[image, label]) for label in top[image]]


def test_no_truth_no_hits() -> None:
    assert not find_hits(np.array([[1, 0]]), csr_array((1, 2))).any()
