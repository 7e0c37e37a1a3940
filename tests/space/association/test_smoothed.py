"""Smoothed PMI: sparse plus rank two is the whole dense matrix."""

from math import log

import numpy as np
import pytest
from scipy.sparse import csr_array, vstack

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.errors import UsageError
from labelsphere.space import Counts, associate, count_cooccurrence


@pytest.mark.parametrize("a", [0.1, 1, 30])
def test_a_double_loop_agrees(random_counts: Counts, a: float) -> None:
    joint, n = random_counts.joint.toarray(), random_counts.n_images
    expected = np.zeros_like(joint)
    for i in range(9):
        for j in range(9):
            if joint[i, i] and joint[j, j]:
                total = (joint[i, j] + a) * (n + a)
                expected[i, j] = log(total / ((joint[i, i] + a) * (joint[j, j] + a)))
    smoothed = associate(random_counts, "smoothed", smoothing=a)
    np.testing.assert_allclose(smoothed.to_dense(), expected, atol=1e-13)
    assert (expected < 0).any() == (a < 10)
    assert smoothed.sparse.nnz == random_counts.joint.nnz
    assert smoothed.left is not None
    assert smoothed.left.shape == (9, 2)


def test_it_is_the_pmi_of_the_tags_with_images_that_have_every_label() -> None:
    tags = Annotations.from_lists([["a", "b"], ["a"], ["c"], ["b"]])
    full = csr_array(np.ones((2, 3)))
    joined = count_cooccurrence(vstack([tags.matrix, full], format="csr"), Vocabulary("abc"))
    joint, once = joined.joint.toarray(), joined.occurrences
    smoothed = associate(count_cooccurrence(tags), "smoothed", smoothing=2).to_dense()
    np.testing.assert_allclose(smoothed, np.log(joint * 6 / np.outer(once, once)), atol=1e-14)


def test_no_pair_exceeds_self_information(random_counts: Counts) -> None:
    smoothed = associate(random_counts, "smoothed").to_dense()
    assert (smoothed <= np.diag(smoothed)[:, None] + 1e-12).all()
    assert np.diag(smoothed).min() >= -1e-12


def test_labels_never_seen_have_zero_rows(random_counts: Counts) -> None:
    smoothed = associate(random_counts, "smoothed")
    assert not smoothed.has_values[7]
    assert not smoothed.to_dense()[7].any()
    assert not smoothed.to_dense()[:, 7].any()


@pytest.mark.parametrize("smoothing", [0, -1, np.nan, np.inf])
def test_smoothing_must_be_above_zero(random_counts: Counts, smoothing: float) -> None:
    with pytest.raises(UsageError, match="smoothing must be"):
        associate(random_counts, "smoothed", smoothing=smoothing)
