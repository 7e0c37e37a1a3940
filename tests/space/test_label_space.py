"""The label space: sets to points, and points to labels."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.errors import DataError, UsageError
from labelsphere.space import LabelSpace, associate, count_cooccurrence

ROWS = [
    *[["man", "horse", "rider"]] * 6,
    *[["horse", "meadow"]] * 3,
    *[["man", "office"]] * 5,
    *[["meadow", "cow"]] * 4,
    *[["cow"], ["office"], ["street"]],
]
NAMES = ["cow", "horse", "man", "meadow", "never", "office", "rider", "street"]
TAGS = Annotations.from_lists(ROWS, vocabulary=Vocabulary(NAMES))
SPACE = LabelSpace.fit(TAGS)


def test_the_parts_of_a_space() -> None:
    assert len(SPACE) == SPACE.n_labels == 8
    assert SPACE.vectors.shape == (8, SPACE.dim)
    assert SPACE.vectors.dtype == np.float32
    assert SPACE.counts.tolist() == TAGS.label_counts().tolist()
    assert SPACE.placed.tolist() == [name != "never" for name in NAMES]
    assert repr(SPACE) == f"LabelSpace(8 labels, dim={SPACE.dim}, method='pmi', placed=7)"
    assert SPACE.record.options == {}


def test_unit_vectors_are_unit_or_zero() -> None:
    norms = np.linalg.norm(SPACE.unit_vectors, axis=1)
    np.testing.assert_allclose(norms, SPACE.placed.astype(float), atol=1e-6)


def test_the_norm_is_the_root_of_self_information() -> None:
    pmi = associate(count_cooccurrence(TAGS)).to_dense()
    values, u = np.linalg.eigh(pmi)
    nearest = np.diag((u * np.maximum(values, 0)) @ u.T)
    np.testing.assert_allclose(np.sum(SPACE.vectors**2, axis=1), nearest, atol=1e-5)


def test_refits_are_identical() -> None:
    again = LabelSpace.fit(count_cooccurrence(TAGS))
    assert again.vectors.tobytes() == SPACE.vectors.tobytes()
    assert again.counts.tolist() == SPACE.counts.tolist()


def test_unknown_methods_and_options_are_refused() -> None:
    with pytest.raises(UsageError, match=r"method must be one of pmi, .* but got 'lda'"):
        LabelSpace.fit(TAGS, "lda")
    with pytest.raises(UsageError, match="'pmi' has no option 'window'"):
        LabelSpace.fit(TAGS, window=5)


@given(st.lists(st.lists(st.sampled_from([*NAMES, "unknown"]), max_size=6), max_size=5))
def test_encode_is_the_sum_of_vectors_over_its_norm(rows: list[list[str]]) -> None:
    points = SPACE.encode(rows)
    assert points.shape == (len(rows), SPACE.dim)
    assert points.dtype == np.float32
    for point, row in zip(points, rows, strict=True):
        known = sorted({NAMES.index(label) for label in row if label in NAMES})
        total = SPACE.vectors[known].astype(np.float64).sum(axis=0)
        if total.any():
            np.testing.assert_allclose(point, total / np.linalg.norm(total), atol=1e-5)
            assert np.linalg.norm(point) == pytest.approx(1, abs=1e-6)
        else:
            assert not point.any()


def test_lists_and_sparse_rows_encode_alike_whatever_the_confidence() -> None:
    rows = [["man", "horse", "horse"], [], ["never"], ["cow", "nobody knows"]]
    matrix = Annotations.from_lists(rows, vocabulary=TAGS.vocabulary).matrix
    expected = SPACE.encode(rows)
    assert SPACE.encode(matrix).tobytes() == expected.tobytes()
    assert SPACE.encode(csr_array(matrix * 0.25)).tobytes() == expected.tobytes()
    # One confidence for all would scale out of a unit vector.
    unequal = csr_array(matrix, copy=True)
    unequal.data = np.random.default_rng(0).uniform(0.1, 1, unequal.nnz).astype(np.float32)
    assert np.ptp(unequal.data) > 0.3
    assert SPACE.encode(unequal).tobytes() == expected.tobytes()
    assert expected.any(axis=1).tolist() == [True, False, False, True]


def test_encode_refuses_what_is_no_tag_set() -> None:
    with pytest.raises(UsageError, match=r"3 columns, the space 8 labels; .* space\.align"):
        SPACE.encode(csr_array((2, 3)))
    with pytest.raises(UsageError, match="list of strings"):
        SPACE.encode(["man", "horse"])


def test_a_label_decodes_to_itself() -> None:
    ids, proximities = SPACE.decode(SPACE.vectors[SPACE.placed], top=1)
    assert ids[:, 0].tolist() == np.flatnonzero(SPACE.placed).tolist()
    np.testing.assert_allclose(proximities, 1, atol=1e-6)


def test_labels_without_a_place_are_never_decoded() -> None:
    ids, proximities = SPACE.decode(np.ones((1, SPACE.dim)), top=100)
    assert sorted(ids[0].tolist()) == np.flatnonzero(SPACE.placed).tolist()
    assert all(a >= b for a, b in pairwise(proximities[0]))


def test_the_index_of_faiss_is_there_on_request() -> None:
    """Few labels make one cell, which is searched whole."""
    points = np.random.default_rng(0).standard_normal((9, SPACE.dim)).astype(np.float32)
    exact, approximate = SPACE.decode(points, top=3), SPACE.decode(points, top=3, index="faiss")
    np.testing.assert_array_equal(approximate[0], exact[0])
    np.testing.assert_allclose(approximate[1], exact[1], atol=1e-6)
    with pytest.raises(UsageError, match="'exact' or 'faiss', but got 'annoy'"):
        SPACE.decode(points, index="annoy")


def test_annotations_over_another_vocabulary_align_and_encode() -> None:
    other = Annotations.from_lists([["office", "man", "zebra"]])
    with pytest.raises(UsageError, match="does not fit the space's 8"):
        SPACE.check_vocabulary(other.vocabulary)
    aligned = SPACE.align(other)
    SPACE.check_vocabulary(aligned.vocabulary)
    assert aligned.report.unknown_tags == {"zebra": 1}
    expected = SPACE.encode([["man", "office"]])
    assert SPACE.encode(aligned.matrix).tobytes() == expected.tobytes()


@pytest.mark.parametrize(
    ("vectors", "counts", "message"),
    [
        (np.ones((3, 2), np.float32), np.ones(2, np.int64), r"\(2, dim\), but got shape \(3, 2\)"),
        (np.full((2, 2), np.nan, np.float32), np.ones(2, np.int64), "finite"),
        (np.ones((2, 2), np.float32), np.ones(3, np.int64), r"counts must be \(2,\)"),
    ],
)
def test_parts_that_do_not_fit_are_refused(
    vectors: np.ndarray, counts: np.ndarray, message: str
) -> None:
    with pytest.raises(DataError, match=message):
        LabelSpace(Vocabulary("ab"), vectors, counts)
