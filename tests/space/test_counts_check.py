"""Every matrix that cannot be counts is refused, and the first wrong pair named."""

import numpy as np
import pytest
from scipy.sparse import coo_array, csr_array

from labelsphere.annotations import Vocabulary
from labelsphere.errors import DataError
from labelsphere.space.counts_check import check_counts

AB = Vocabulary("ab")


@pytest.mark.parametrize(
    ("joint", "n_images", "message"),
    [
        ([[1.0, 0.0]], 1, "2 × 2"),
        ([[-1.0, 0.0], [0.0, 1.0]], 1, r"label 'a': counts must be 0 or above"),
        ([[np.nan, 0.0], [0.0, 1.0]], 1, "NaN"),
        ([[1.0, np.inf], [0.0, 1.0]], 1, r"labels 'a' and 'b': .* infinite"),
        ([[1.0, 0.5], [0.5, 1.0]], 1, r"labels 'a' and 'b': counts must be whole numbers"),
        ([[1.0, 0.0], [0.0, 1.0]], 1.5, "the number of images: counts must be whole"),
        ([[1.0, 0.0], [0.0, 1.0]], -1, "number of images must be from 0"),
        ([[1.0, 0.0], [0.0, 1.0]], 2.0**54, "number of images must be from 0"),
        ([[2.0, 1.0], [0.0, 2.0]], 2, r"labels 'a' and 'b': counts must be symmetric"),
        ([[2.0, 0.0], [0.0, 2.0]], 1, r"label 'a' occurs in more images \(2\) than the 1 counted"),
        ([[2.0, 0.0], [0.0, 2.0]], np.nan, "number of images"),
        ([[1.0, 2.0], [2.0, 2.0]], 2, r"labels 'a' and 'b' occur together more often"),
    ],
)
def test_what_cannot_be_counts_is_refused(
    joint: list[list[float]], n_images: float, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        check_counts(AB, csr_array(np.array(joint)), n_images, 1.0)


def test_fractions_must_be_multiples_of_the_step() -> None:
    joint = csr_array(np.array([[0.75, 0.25], [0.25, 0.5]]))
    check_counts(AB, joint, 1.0, 0.25)
    with pytest.raises(DataError, match=r"multiples of 0\.5, but got a fraction"):
        check_counts(AB, joint, 1.0, 0.5)
    for step in (0.3, 2.0, 0.0, -1.0):
        with pytest.raises(DataError, match="the step of counts"):
            check_counts(AB, joint, 1.0, step)


def test_entries_must_be_sorted_and_given_once() -> None:
    twice = csr_array((np.array([1.0, 1.0]), np.array([0, 0]), np.array([0, 2, 2])), shape=(2, 2))
    unsorted = csr_array((np.ones(4), np.array([1, 0, 0, 1]), np.array([0, 2, 4])), shape=(2, 2))
    for joint in (twice, unsorted):
        with pytest.raises(DataError, match="sorted indices, each pair once"):
            check_counts(AB, joint, 2.0, 1.0)
    with pytest.raises(DataError, match="CSR array, but got coo_array"):
        check_counts(AB, coo_array(np.eye(2)), 1.0, 1.0)


def test_zeros_that_are_stored_on_one_side_do_no_harm() -> None:
    joint = csr_array((np.array([1.0, 0, 1]), ([0, 0, 1], [0, 1, 1])), shape=(2, 2))
    check_counts(AB, joint, 1.0, 1.0)
