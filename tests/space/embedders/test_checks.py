"""Checks that embedders share."""

import numpy as np
import pytest

from labelsphere.annotations import Annotations
from labelsphere.errors import UsageError
from labelsphere.space import count_cooccurrence
from labelsphere.space.embedders.checks import (
    TooManyDimensionsError,
    check_at_least,
    check_dim,
    occurrences,
    tag_sets,
)

TAGS = Annotations.from_lists([["a", "b"], ["b"], ["c", "b"]])


@pytest.mark.parametrize("dim", [0, -3])
def test_dimensions_are_at_least_one(dim: int) -> None:
    with pytest.raises(UsageError, match=f"dim must be at least 1, but got {dim}"):
        check_dim(dim)
    check_dim(1)
    check_dim(None)


@pytest.mark.parametrize("value", [0.5, float("nan"), -float("inf")])
def test_a_value_below_the_least_or_nan_is_refused(value: float) -> None:
    with pytest.raises(UsageError, match="epochs must be at least 1, but got"):
        check_at_least("epochs", value, 1)
    check_at_least("epochs", 1, 1)


def test_the_error_for_too_many_dimensions_says_how_many_there_are() -> None:
    error = TooManyDimensionsError(3, "the number of labels", 5)
    assert str(error) == "dim must be at most 3, the number of labels, but got 5"
    assert error.largest == 3


def test_occurrences_are_those_of_annotations_or_of_their_counts() -> None:
    expected = (TAGS.matrix.toarray() != 0).sum(axis=0)
    for tags in (TAGS, count_cooccurrence(TAGS)):
        found = occurrences(tags)
        assert found.dtype == np.float64
        np.testing.assert_array_equal(found, expected)


def test_tag_sets_need_annotations() -> None:
    sets = tag_sets(TAGS, "lsa", "read the table")
    np.testing.assert_array_equal(sets.toarray(), TAGS.matrix.toarray() != 0)
    with pytest.raises(UsageError, match="'lsa' needs annotations, but got counts: read the table"):
        tag_sets(count_cooccurrence(TAGS), "lsa", "read the table")
