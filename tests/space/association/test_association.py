"""What holds for every measure, by its name in the table."""

import numpy as np
import pytest

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.errors import DataError, UsageError
from labelsphere.space import Counts, associate, count_cooccurrence
from labelsphere.space.association import MEASURES, complete_options


@pytest.mark.parametrize("measure", MEASURES)
def test_a_measure_is_symmetric_finite_and_blind_to_labels_never_seen(
    random_counts: Counts, measure: str
) -> None:
    dense = associate(random_counts, measure).to_dense()
    assert np.isfinite(dense).all()
    np.testing.assert_allclose(dense, dense.T, atol=1e-14)
    assert not dense[7].any()
    assert (np.diag(dense) >= -1e-14).all()


@pytest.mark.parametrize("measure", MEASURES)
def test_counts_are_left_alone(random_counts: Counts, measure: str) -> None:
    before = random_counts.joint.toarray().tolist()
    associate(random_counts, measure)
    assert random_counts.joint.toarray().tolist() == before


@pytest.mark.parametrize("measure", MEASURES)
def test_a_hundred_times_the_images_change_no_measure_without_smoothing(
    random_counts: Counts, measure: str
) -> None:
    many = Counts(random_counts.vocabulary, random_counts.joint * 100, random_counts.n_images * 100)
    same = np.allclose(
        associate(many, measure).to_dense(), associate(random_counts, measure).to_dense()
    )
    assert same == (measure != "smoothed")


def test_names_and_options_are_checked(random_counts: Counts) -> None:
    with pytest.raises(UsageError, match="one of pmi, shifted, smoothed, npmi, but got 'mi'"):
        associate(random_counts, "mi")
    with pytest.raises(UsageError, match="'pmi' has no option 'shift'; its options: none"):
        associate(random_counts, "pmi", shift=2)
    assert complete_options("shifted", {}) == {"shift": 5.0}
    assert complete_options("shifted", {"shift": 2}) == {"shift": 2}


def test_counts_of_nothing_are_refused() -> None:
    nothing = count_cooccurrence(Annotations.from_lists([], vocabulary=Vocabulary("ab")))
    with pytest.raises(DataError, match="no images"):
        associate(nothing)
