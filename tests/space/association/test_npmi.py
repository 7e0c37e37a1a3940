"""Normalised PMI against a double loop; never outside 0 to 1."""

from math import log

import numpy as np

from labelsphere.space import Counts, associate


def test_a_double_loop_agrees(random_counts: Counts) -> None:
    joint, n = random_counts.joint.toarray(), random_counts.n_images
    expected = np.zeros_like(joint)
    for i in range(9):
        for j in range(9):
            p = joint[i, j] / n
            if 0 < p < 1:
                pmi = log(p / ((joint[i, i] / n) * (joint[j, j] / n)))
                expected[i, j] = max(0.0, pmi / -log(p))
    npmi = associate(random_counts, "npmi").to_dense()
    np.testing.assert_allclose(npmi, expected, atol=1e-14)
    assert npmi.max() <= 1


def test_the_diagonal_is_one_where_a_label_tells_something(random_counts: Counts) -> None:
    diagonal = associate(random_counts, "npmi").sparse.diagonal()
    np.testing.assert_allclose(diagonal, [1, 1, 1, 1, 1, 1, 1, 0, 0], rtol=1e-15)


def test_labels_that_always_go_together_are_at_one(worked_example: Counts) -> None:
    npmi = associate(worked_example, "npmi").to_dense()
    np.testing.assert_allclose(npmi[0, 1], log(4 / 3) / log(2), rtol=1e-14)
    assert npmi[0, 2] == 0
