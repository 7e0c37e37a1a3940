"""Positive PMI against pencil and paper, and against a double loop."""

from math import log

import numpy as np

from labelsphere.space import Counts, associate


def test_the_worked_example(worked_example: Counts) -> None:
    pmi = associate(worked_example, "pmi").to_dense()
    expected = [
        [log(4 / 3), log(4 / 3), 0.0],
        [log(4 / 3), log(2), 0.0],
        [0.0, 0.0, log(4)],
    ]
    np.testing.assert_allclose(pmi, expected, rtol=1e-15)


def test_a_double_loop_agrees(random_counts: Counts) -> None:
    joint, n = random_counts.joint.toarray(), random_counts.n_images
    expected = np.zeros_like(joint)
    for i in range(9):
        for j in range(9):
            if joint[i, j]:
                pmi = log((joint[i, j] / n) / ((joint[i, i] / n) * (joint[j, j] / n)))
                expected[i, j] = max(0.0, pmi)
    np.testing.assert_allclose(associate(random_counts).to_dense(), expected, atol=1e-14)


def test_the_diagonal_is_self_information(random_counts: Counts) -> None:
    seen = random_counts.occurrences > 0
    p = random_counts.occurrences[seen] / random_counts.n_images
    diagonal = associate(random_counts).sparse.diagonal()[seen]
    np.testing.assert_allclose(diagonal, -np.log(p), atol=1e-14)


def test_labels_in_no_image_or_in_all_have_zero_rows(random_counts: Counts) -> None:
    has_values = associate(random_counts).has_values
    assert has_values.tolist() == [True] * 7 + [False] * 2
