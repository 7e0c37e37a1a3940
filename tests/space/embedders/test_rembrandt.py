"""Randomised label embedding against the exact decomposition of YᵀΠY, dense."""

from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.errors import DataError, UsageError
from labelsphere.space.embedders.rembrandt import embed_by_features


def explained(planted: Any, features: np.ndarray, ridge: float) -> np.ndarray:
    """YᵀΠY over the labels that are seen, everything dense and centred."""
    y = (planted.tags.matrix != 0).toarray()[:, :48].astype(float)
    x = features - features.mean(axis=0)
    gram = x.T @ x
    gram += ridge * np.trace(gram) / len(gram) * np.eye(len(gram))
    return y.T @ x @ np.linalg.solve(gram, x.T @ y)


@pytest.mark.parametrize("ridge", [1e-3, 1.0])
def test_dot_products_are_the_nearest_of_their_rank_to_what_features_explain(
    planted: Any, ridge: float
) -> None:
    embedding = embed_by_features(planted.tags, 11, features=planted.features, ridge=ridge)
    matrix = explained(planted, planted.features, ridge)
    values, u = np.linalg.eigh(matrix)
    nearest = (u[:, -11:] * values[-11:]) @ u[:, -11:].T
    vectors = embedding.vectors[:48].astype(np.float64)
    np.testing.assert_allclose(vectors @ vectors.T, nearest, atol=1e-3 * values[-1])
    y = (planted.tags.matrix != 0).toarray()[:, :48].astype(float)
    variance = ((y - y.mean(axis=0)) ** 2).sum()
    assert embedding.facts["explained_share"] == pytest.approx(
        values[-11:].sum() / variance, abs=1e-3
    )


def test_the_papers_own_columns_are_orthonormal_eigenvectors(planted: Any) -> None:
    vectors = embed_by_features(planted.tags, 8, features=planted.features, exponent=0).vectors[:48]
    np.testing.assert_allclose(vectors.T @ vectors, np.eye(8), atol=1e-5)
    matrix = explained(planted, planted.features, 1e-3)
    values = np.diag(vectors.T @ matrix @ vectors)
    np.testing.assert_allclose(values, np.linalg.eigvalsh(matrix)[::-1][:8], rtol=1e-3)


def test_sparse_features_say_the_same_as_dense_ones(planted: Any) -> None:
    words = np.maximum(planted.features - 1, 0)
    dense = embed_by_features(planted.tags, 10, features=words).vectors
    sparse = embed_by_features(planted.tags, 10, features=csr_array(words)).vectors
    np.testing.assert_allclose(sparse, dense, atol=1e-4)


def test_the_start_does_not_matter_to_the_end(planted: Any) -> None:
    one, other = (
        embed_by_features(planted.tags, 11, features=planted.features, seed=seed).vectors
        for seed in (0, 1)
    )
    np.testing.assert_allclose(one @ one.T, other @ other.T, atol=1e-3 * np.abs(one @ one.T).max())


def test_moving_and_stretching_all_features_changes_nothing(planted: Any) -> None:
    plain = embed_by_features(planted.tags, 11, features=planted.features).vectors
    moved = embed_by_features(planted.tags, 11, features=7 * planted.features + 3).vectors
    np.testing.assert_allclose(moved, plain, atol=1e-4)


def test_features_that_are_the_labels_explain_all_their_variance(planted: Any) -> None:
    y = (planted.tags.matrix != 0).toarray()[:, :48].astype(float)
    embedding = embed_by_features(planted.tags, features=y, ridge=1e-9)
    assert embedding.facts["explained_share"] == pytest.approx(1, abs=1e-6)
    assert embedding.vectors.shape == (49, 48)


@pytest.mark.parametrize(
    ("features", "error", "message"),
    [
        (np.zeros((599, 3)), UsageError, "599 rows of features for 600 images"),
        (np.ones((600, 3)), DataError, "say nothing of any label: each of their columns is const"),
        (np.full((600, 3), np.nan), DataError, "must be finite"),
        (np.zeros((600, 0)), DataError, r"but got float64 of shape \(600, 0\)"),
        (np.array(["x"] * 600), DataError, "must be a table of numbers"),
    ],
)
def test_features_that_cannot_be_used_are_refused(
    planted: Any, features: np.ndarray, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        embed_by_features(planted.tags, features=features)


def test_a_label_that_the_features_say_nothing_of_has_a_zero_row() -> None:
    # "always" is in every image: it does not vary, so there is nothing to explain.
    rows = [["a", "always"], ["b", "always"], ["a", "b", "always"], ["always"]]
    tags = Annotations.from_lists(rows, vocabulary=Vocabulary(["a", "always", "b"]))
    features = np.array([[1.0, 0], [0, 1], [1, 1], [0, 0]])
    vectors = embed_by_features(tags, features=features).vectors
    assert vectors.any(axis=1).tolist() == [True, False, True]


@pytest.mark.parametrize("options", [{"ridge": 0.0}, {"iterations": 0}, {"seed": -1}])
def test_options_out_of_range_are_refused(planted: Any, options: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="must be at least"):
        embed_by_features(planted.tags, features=planted.features, **options)
