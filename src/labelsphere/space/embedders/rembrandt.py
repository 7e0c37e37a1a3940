"""Randomised label embedding from what features say of labels (§2, [14])."""

from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.sparse import csr_array, issparse

from labelsphere.annotations import Annotations
from labelsphere.arrays import DoubleArray, SparseRows
from labelsphere.errors import DataError, UsageError
from labelsphere.space.counts import Counts
from labelsphere.space.embedders.checks import (
    TooManyDimensionsError,
    check_at_least,
    check_dim,
    none_placed,
    tag_sets,
)
from labelsphere.space.embedders.embedding import Embedding

_MOST = 4_096
_SPARE = 20
"""Directions followed beyond those wanted, so that the last ones wanted are exact."""


def embed_by_features(
    tags: Annotations | Counts,
    dim: int | None = None,
    *,
    features: Any,
    exponent: float = 0.5,
    ridge: float = 1e-3,
    iterations: int = 2,
    seed: int = 0,
) -> Embedding:
    """Leading eigenpairs of YᵀΠY, Π the projection onto what features X can say linearly.

    Of all embeddings of so many dimensions this one keeps most of the labels' variance that least
    squares on the features explains (Mineiro and Karampatziakis 2014, "Rembrandt"). Random
    directions are sent through the matrix some times, which needs a least squares solution each
    and never the matrix itself. Features are centred: Π knows no constant, and the frequency of
    the labels alone is no direction.

    Args:
        tags: Annotations.
        dim: The number of dimensions; None for all that features and labels can have, up to 4,096.
        features: Numbers, images × width, dense or SciPy sparse; rows as in ``tags``.
        exponent: Of the eigenvalues: 0.5 gives dot products YᵀΠY; 0 the paper's own, orthonormal
            columns; finite.
        ridge: Added to the features' variances, as a share of their mean.
        iterations: How often the directions are sent through.
        seed: Of the first directions.

    Returns:
        The embedding. Labels of no image, and labels that the features say nothing of, have zero
        rows.

    Raises:
        UsageError: If counts are given, features and images differ in number, or an option is out
            of range.
        DataError: If no image has a label, or features say nothing of any.
    """
    check_dim(dim)
    check_at_least("iterations", iterations, 1)
    check_at_least("ridge", ridge, 1e-12)
    check_at_least("seed", seed, 0)
    if not np.isfinite(exponent):
        raise UsageError(f"exponent must be a finite number, but got {exponent}")
    rows = tag_sets(tags, "rembrandt", "features are of images, and counts know none")
    matrix = _checked(features, rows.shape[0])
    seen = np.diff(rows.tocsc().indptr) > 0
    if not seen.any():
        raise none_placed(len(seen), "rembrandt", "no image has one")
    explained = _Explained(csr_array(rows[:, seen]), matrix, ridge)
    values, directions = _leading(explained, dim, iterations, np.random.default_rng(seed))
    found = int(np.count_nonzero(values > len(values) * np.finfo(np.float64).eps * values[0]))
    if dim is not None and found < dim:
        raise TooManyDimensionsError(found, "what these features say of these labels", dim)
    kept = directions[:, :found]
    norms = np.linalg.norm(kept, axis=1, keepdims=True)
    kept = np.where(norms > np.sqrt(np.finfo(np.float64).eps), kept, 0.0)
    vectors = np.zeros((len(seen), found), np.float32)
    vectors[seen] = kept * values[:found] ** exponent
    options = {"ridge": ridge, "iterations": iterations, "seed": seed}
    return Embedding(
        vectors,
        {
            "exponent": exponent,
            "options": options,
            "images": float(rows.shape[0]),
            "features": int(matrix.shape[1]),
            "explained_share": float(values[:found].sum() / explained.variance),
        },
    )


class _Explained:
    """YᵀΠY as something to multiply with, labels × labels.

    Attributes:
        labels: Number of labels.
        rank: The most eigenvalues above 0 that it can have.
        variance: Sum of the labels' variances over images, times the images: what eigenvalues of
            full explanation would add up to.
    """

    def __init__(self, rows: SparseRows, features: Any, ridge: float) -> None:
        self._rows, self._features = rows, features
        images = rows.shape[0]
        self._mean = np.asarray(features.mean(axis=0), np.float64).ravel()
        products: Any = features.T @ features
        gram = np.array(products.toarray() if isinstance(features, csr_array) else products)
        squares = np.trace(gram)
        gram -= images * np.outer(self._mean, self._mean)
        if not np.trace(gram) > len(gram) * np.finfo(np.float64).eps * squares:
            raise DataError(
                "the features say nothing of any label: each of their columns is constant"
            )
        gram[np.diag_indices_from(gram)] += ridge * np.trace(gram) / len(gram)
        self._solver = cho_factor(gram)
        often = np.asarray(rows.sum(axis=0), np.float64).ravel()
        self.labels = len(often)
        self.variance = float((often * (1 - often / images)).sum())
        self.rank = min(len(often), len(gram), max(1, images - 1))

    def __matmul__(self, directions: DoubleArray) -> DoubleArray:
        """(labels, columns) float64."""
        targets = self._rows @ directions
        fitted = self._features.T @ targets
        # Centred X: what the mean row would add is taken off again, and X stays sparse.
        fitted = fitted - np.outer(self._mean, targets.sum(axis=0))
        weights = cho_solve(self._solver, fitted)
        predicted = self._features @ weights - self._mean @ weights
        product: DoubleArray = self._rows.T @ predicted
        return product


def _leading(
    explained: _Explained, dim: int | None, iterations: int, rng: np.random.Generator
) -> tuple[DoubleArray, DoubleArray]:
    """Values, descending, and vectors (labels, values), by randomised subspace iteration."""
    labels = explained.labels
    wanted = min(_MOST if dim is None else dim, explained.rank)
    width = min(wanted + _SPARE, labels)
    basis = rng.standard_normal((labels, width))
    for _ in range(iterations):
        basis, _ = np.linalg.qr(explained @ basis)
    inner = basis.T @ (explained @ basis)
    values, turned = np.linalg.eigh((inner + inner.T) / 2)
    vectors = basis @ turned[:, ::-1][:, :wanted]
    peaks = np.take_along_axis(vectors, np.argmax(np.abs(vectors), axis=0)[None], axis=0)
    return values[::-1][:wanted], vectors * np.where(peaks < 0, -1.0, 1.0)


def _checked(features: Any, images: int) -> Any:
    """Features as float64, dense or CSR."""
    sparse: bool = issparse(features)
    matrix: Any = csr_array(features) if sparse else np.asarray(features)
    if matrix.ndim != 2 or matrix.dtype.kind not in "biuf" or not matrix.shape[1]:
        raise DataError(
            "features must be a table of numbers, images × width, but got "
            f"{matrix.dtype} of shape {matrix.shape}"
        )
    if matrix.shape[0] != images:
        raise UsageError(
            f"there are {matrix.shape[0]} rows of features for {images} images; expected one an "
            "image, in the same order"
        )
    matrix = matrix.astype(np.float64)
    if not np.isfinite(matrix.data if isinstance(matrix, csr_array) else matrix).all():
        raise DataError("features must be finite, but there is NaN or infinity")
    return matrix
