"""The data of a label space, and what is refused."""

import numpy as np
import pytest

from labelsphere.annotations import Vocabulary
from labelsphere.arrays import AnyArray
from labelsphere.errors import DataError, UsageError
from labelsphere.space.fit_record import FitRecord
from labelsphere.space.space_parts import SpaceParts

NAMES = Vocabulary(["cat", "dog", "sea"])
VECTORS = np.array([[3, 4], [0, 0], [0, 2]], np.float32)
COUNTS = np.array([5, 1, 2])


def test_labels_without_a_vector_have_no_embedding() -> None:
    parts = SpaceParts(NAMES, VECTORS, COUNTS, FitRecord(placed_later=("sea",)))
    assert (parts.dim, parts.n_labels) == (2, 3)
    assert parts.placed.tolist() == [True, False, True]
    assert parts.fitted.tolist() == [True, True, False]
    np.testing.assert_allclose(parts.unit_vectors, [[0.6, 0.8], [0, 0], [0, 1]])
    assert parts.row("sea") == 2
    with pytest.raises(UsageError, match="'dog' has no embedding"):
        parts.row("dog")
    with pytest.raises(UsageError, match="'cta'"):
        parts.row("cta")


@pytest.mark.parametrize(
    ("vectors", "counts", "message"),
    [
        (VECTORS[:2], COUNTS, r"vectors must be \(3, dim\), but got shape \(2, 2\)"),
        (VECTORS[:, 0], COUNTS, r"vectors must be \(3, dim\), but got shape \(3,\)"),
        (np.full_like(VECTORS, np.nan), COUNTS, "vectors must be finite"),
        (VECTORS, COUNTS[:2], r"counts must be \(3,\), but got shape \(2,\)"),
    ],
)
def test_arrays_that_do_not_fit_together_are_refused(
    vectors: AnyArray, counts: AnyArray, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        SpaceParts(NAMES, vectors, counts)
