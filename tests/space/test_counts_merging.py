"""Merging by counts of pairs: exact as a new count, and refused only where several would fit."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.errors import DataError
from labelsphere.space import count_cooccurrence
from labelsphere.space.counts_merging import merge_labels

LABELS = Vocabulary("abcde")
tag_sets = st.lists(st.sets(st.sampled_from("abcde")).map(sorted), min_size=1, max_size=9)
places = st.lists(st.integers(-1, 2), min_size=5, max_size=5).map(lambda p: np.array(p, np.int64))


def naive(rows: list[list[str]], where: np.ndarray) -> np.ndarray:
    """Counts over places 0, 1 and 2, image by image."""
    counts = np.zeros((3, 3))
    for row in rows:
        here = {int(where["abcde".index(tag)]) for tag in row} - {-1}
        for one, other in product(here, here):
            counts[one, other] += 1
    return counts


def triples(counts: np.ndarray, n: float, a: int, b: int, c: int) -> list[int]:
    """All numbers of images with three labels that leave no region of the diagram below zero."""
    once = counts[a, a], counts[b, b], counts[c, c]
    ab, ac, bc = counts[a, b], counts[a, c], counts[b, c]
    fitting = []
    for all_three in range(int(n) + 1):
        regions = [ab - all_three, ac - all_three, bc - all_three, n - sum(once) + ab + ac + bc]
        regions[3] -= all_three
        regions += [once[0] - ab - ac + all_three, once[1] - ab - bc + all_three]
        regions += [once[2] - ac - bc + all_three]
        if min(regions) >= 0:
            fitting.append(all_three)
    return fitting


@given(tag_sets, places)
def test_a_merge_is_a_new_count_or_refused(rows: list[list[str]], where: np.ndarray) -> None:
    counts = count_cooccurrence(Annotations.from_lists(rows, vocabulary=LABELS))
    try:
        joint, left = merge_labels(LABELS, counts.joint, counts.n_images, where)
    except DataError:
        return
    moved = np.zeros((3, 3))
    dense = joint.toarray()
    for one, other in product(range(5), range(5)):
        if left[one] >= 0 and left[other] >= 0:
            moved[left[one], left[other]] += dense[one, other]
    np.testing.assert_array_equal(moved, naive(rows, where))
    assert joint.has_sorted_indices
    assert len(set(left[left >= 0].tolist())) == np.count_nonzero(left >= 0)


@given(tag_sets)
def test_two_labels_are_refused_only_where_several_numbers_fit(rows: list[list[str]]) -> None:
    counts = count_cooccurrence(Annotations.from_lists(rows, vocabulary=LABELS))
    dense = counts.joint.toarray()
    certain = all(len(triples(dense, counts.n_images, 0, 1, c)) == 1 for c in (2, 3, 4))
    where = np.array([0, 0, 1, 2, 3])
    if certain:
        joint, _ = merge_labels(LABELS, counts.joint, counts.n_images, where)
        assert joint[0, 0] == dense[0, 0] + dense[1, 1] - dense[0, 1]
    else:
        with pytest.raises(DataError, match="counts of pairs do not determine"):
            merge_labels(LABELS, counts.joint, counts.n_images, where)


def test_confidences_merge_as_their_larger() -> None:
    values = np.array([[0.75, 0.0, 0.5], [0.0, 0.25, 1.0], [0.5, 0.0, 0.0]])
    counts = count_cooccurrence(csr_array(values), "abc", weighted=True)
    joint, left = merge_labels(Vocabulary("abc"), counts.joint, 3.0, np.array([0, 0, 1]))
    either = np.stack([values[:, :2].max(axis=1), values[:, 2]], axis=1)
    expected = np.minimum(either[:, :, None], either[:, None, :]).sum(axis=0)
    assert joint[[0, 2]][:, [0, 2]].toarray().tolist() == expected.tolist()
    assert left.tolist() == [0, -1, 1]


def test_what_cannot_be_told_is_named_with_its_bounds() -> None:
    pairs = [["a", "b"]] * 2 + [["a", "c"]] * 2 + [["b", "c"]] * 2
    # The same pairs as of two images with all three, if others are fewer by as many.
    rows = pairs + [["a"], ["b"], ["c"]] * 4 + [[]] * 4
    counts = count_cooccurrence(Annotations.from_lists(rows))
    told = r"all of 'a', 'b' and 'c' \(0 to 2\).*merge them in the annotations"
    with pytest.raises(DataError, match=told):
        merge_labels(counts.vocabulary, counts.joint, counts.n_images, np.array([0, 0, 1]))
    # Where the third is left out, it need not be known.
    joint, _ = merge_labels(counts.vocabulary, counts.joint, counts.n_images, np.array([0, 0, -1]))
    assert joint[0, 0] == 14
