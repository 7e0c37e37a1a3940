"""Lift of pairs seen together."""

import numpy as np
from scipy.sparse import csr_array

from labelsphere.annotations import Vocabulary
from labelsphere.space import Counts
from labelsphere.space.association.lift import lift, seen_pairs


def test_independent_labels_have_a_lift_of_exactly_one() -> None:
    # 30 of 90 images have a, 21 have b, 7 have both: a third of a third.
    joint = csr_array(np.array([[30.0, 7.0], [7.0, 21.0]]))
    assert lift(joint, 90.0).tolist() == [3.0, 1.0, 1.0, 90 / 21]


def test_seen_pairs_is_a_copy_without_stored_zeros() -> None:
    joint = csr_array((np.array([1.0, 0.0, 0.0, 1.0]), np.array([0, 1, 0, 1]), np.array([0, 2, 4])))
    counts = Counts(Vocabulary("ab"), joint, 2.0)
    seen = seen_pairs(counts)
    assert seen.nnz == 2
    seen.data[:] = 9
    assert counts.joint.data.tolist() == [1, 0, 0, 1]
