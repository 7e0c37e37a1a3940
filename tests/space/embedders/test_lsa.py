"""Latent semantic analysis against scikit-learn's weighting and a dense decomposition."""

from typing import Any

import numpy as np
import pytest
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfTransformer

from labelsphere.annotations import Annotations
from labelsphere.errors import UsageError
from labelsphere.space import count_cooccurrence
from labelsphere.space.embedders.lsa import embed_by_lsa

NORMS = {"tf-idf": ("l2", True), "idf": (None, True), "binary": (None, False)}


def weighted(tags: Annotations, weighting: str) -> np.ndarray:
    norm, idf = NORMS[weighting]
    transformer = TfidfTransformer(norm=norm, use_idf=idf)
    return transformer.fit_transform((tags.matrix != 0).astype(float)).toarray()


@pytest.mark.parametrize("weighting", NORMS)
def test_vectors_are_the_scaled_singular_vectors(planted: Any, weighting: str) -> None:
    embedding = embed_by_lsa(planted.tags, 12, weighting=weighting)
    _, singular, v = np.linalg.svd(weighted(planted.tags, weighting), full_matrices=False)
    expected = v[:12].T * singular[:12]
    # A singular vector may point either way.
    expected *= np.sign(np.sum(expected * embedding.vectors, axis=0))
    np.testing.assert_allclose(embedding.vectors, expected, atol=1e-5)
    assert embedding.facts["options"] == {"weighting": weighting}


def test_points_of_images_are_those_of_scikit_learn(planted: Any) -> None:
    w = weighted(planted.tags, "tf-idf")
    reference = TruncatedSVD(12, algorithm="arpack", random_state=0).fit(w)
    vectors = embed_by_lsa(planted.tags, 12, exponent=0).vectors
    ours, theirs = w @ vectors, reference.transform(w)
    np.testing.assert_allclose(np.abs(ours), np.abs(theirs), atol=1e-5)


def test_all_dimensions_give_back_the_products(planted: Any) -> None:
    vectors = embed_by_lsa(planted.tags).vectors.astype(np.float64)
    w = weighted(planted.tags, "tf-idf")
    np.testing.assert_allclose(vectors @ vectors.T, w.T @ w, atol=1e-4)


@pytest.mark.parametrize("weighting", ["idf", "binary"])
def test_counts_do_where_images_are_not_weighed(planted: Any, weighting: str) -> None:
    counts = count_cooccurrence(planted.tags)
    from_counts = embed_by_lsa(counts, 12, weighting=weighting).vectors
    assert (
        from_counts.tobytes()
        == embed_by_lsa(planted.tags, 12, weighting=weighting).vectors.tobytes()
    )


def test_counts_without_what_is_needed_are_refused_with_what_would_do(planted: Any) -> None:
    with pytest.raises(UsageError, match=r"how many tags an image has .* weighting='idf'"):
        embed_by_lsa(count_cooccurrence(planted.tags), 12)


def test_confidences_do_not_weigh() -> None:
    tags = Annotations.from_lists([["a", "b"], ["a"], ["b", "c"]])
    unsure = Annotations.from_lists([["a", "b"], ["a"], ["b", "c"]])
    unsure.matrix.data[:] = 0.3
    assert embed_by_lsa(unsure).vectors.tobytes() == embed_by_lsa(tags).vectors.tobytes()


def test_unknown_weightings_are_refused(planted: Any) -> None:
    with pytest.raises(UsageError, match="weighting must be one of tf-idf, idf, binary, but got"):
        embed_by_lsa(planted.tags, weighting="log-entropy")
