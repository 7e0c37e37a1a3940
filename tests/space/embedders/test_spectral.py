"""E = U·Σ^exponent: its identities, its cut, and its refusals."""

import numpy as np
import pytest

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.errors import DataError, UsageError
from labelsphere.space import associate, count_cooccurrence
from labelsphere.space.embedders.spectral import embed_by_spectrum

WORKED = Annotations.from_lists([["a", "b"], ["a", "b"], ["a"], ["c"]])


def indefinite() -> Annotations:
    """Hub h goes with each of x1 … x6, which never meet: a star, with a negative eigenvalue."""
    rows = [["h", f"x{i}"] for i in range(6)] * 3 + [["other"]] * 60
    return Annotations.from_lists(rows)


def test_a_positive_spectrum_gives_back_the_pmi() -> None:
    vectors = embed_by_spectrum(WORKED).vectors
    pmi = associate(count_cooccurrence(WORKED)).to_dense()
    assert np.linalg.eigvalsh(pmi).min() > 0
    np.testing.assert_allclose(vectors @ vectors.T, pmi, atol=1e-6)


def test_a_negative_spectrum_gives_the_nearest_positive_one() -> None:
    vectors = embed_by_spectrum(indefinite()).vectors.astype(np.float64)
    values, u = np.linalg.eigh(associate(count_cooccurrence(indefinite())).to_dense())
    assert values.min() < -0.1
    nearest = (u * np.maximum(values, 0)) @ u.T
    np.testing.assert_allclose(vectors @ vectors.T, nearest, atol=1e-5)


def test_dim_beyond_the_positive_eigenvalues_is_refused_with_the_largest_possible() -> None:
    values = np.linalg.eigvalsh(associate(count_cooccurrence(indefinite())).to_dense())
    largest = int(np.sum(values > 1e-9))
    assert largest < len(values)
    assert embed_by_spectrum(indefinite(), largest).vectors.shape[1] == largest
    with pytest.raises(UsageError, match=f"at most {largest}, .* but got {largest + 1}"):
        embed_by_spectrum(indefinite(), largest + 1)


@pytest.mark.parametrize("exponent", [0, 0.25, 1])
def test_the_exponent_scales_each_dimension(exponent: float) -> None:
    counts = count_cooccurrence(WORKED)
    values = np.linalg.eigvalsh(associate(counts).to_dense())[::-1]
    vectors = embed_by_spectrum(counts, exponent=exponent).vectors
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=0), values**exponent, rtol=1e-6)


def test_cutting_keeps_the_leading_dimensions() -> None:
    whole = embed_by_spectrum(WORKED).vectors
    cut = embed_by_spectrum(WORKED, 2)
    np.testing.assert_allclose(cut.vectors, whole[:, :2], atol=1e-6)
    assert 0.5 < cut.facts["positive_share"] < 1


def test_a_label_that_the_cut_leaves_nothing_of_has_a_zero_row() -> None:
    # c is alone in its block, whose eigenvalue log 4 is the largest: one dimension holds only c.
    vectors = embed_by_spectrum(WORKED, 1).vectors
    assert vectors[:2].tolist() == [[0.0], [0.0]]
    assert vectors[2, 0] == pytest.approx(np.sqrt(np.log(4)))


def test_labels_never_seen_and_labels_always_seen_have_zero_rows() -> None:
    rows = [["a", "all"], ["b", "all"], ["a", "b", "all"], ["all"]]
    tags = Annotations.from_lists(rows, vocabulary=Vocabulary(["a", "all", "b", "never"]))
    vectors = embed_by_spectrum(tags).vectors
    assert vectors.any(axis=1).tolist() == [True, False, True, False]


def test_without_dim_no_more_than_the_most_are_asked_for() -> None:
    assert embed_by_spectrum(WORKED, limit=2).vectors.shape == (3, 2)
    assert embed_by_spectrum(WORKED, limit=9).vectors.shape == (3, 3)
    assert embed_by_spectrum(WORKED, 1, limit=2).vectors.shape == (3, 1)
    with pytest.raises(UsageError, match="at least 1"):
        embed_by_spectrum(WORKED, limit=0)


def test_facts_say_what_was_counted_and_held() -> None:
    facts = embed_by_spectrum(WORKED, measure="shifted", shift=1.1).facts
    assert facts["options"] == {"shift": 1.1}
    assert facts["images"] == 4
    assert facts["pairs"] == 1
    assert facts["positive_eigenvalues"] == 3
    assert facts["largest_residual"] < 1e-12


def test_a_label_in_every_image_alone_cannot_be_placed() -> None:
    with pytest.raises(DataError, match="in no image or in all"):
        embed_by_spectrum(Annotations.from_lists([["a"], ["a"]]))


@pytest.mark.parametrize("exponent", [np.nan, np.inf])
def test_exponents_must_be_finite(exponent: float) -> None:
    with pytest.raises(UsageError, match="exponent must be"):
        embed_by_spectrum(WORKED, exponent=exponent)
