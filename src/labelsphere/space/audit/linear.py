"""Missing tags by a linear regression of each tag on all others.

EASE (Steck 2019, "Embarrassingly shallow autoencoders for sparse data"): with X the images × tags
and P = (XᵀX + λI)⁻¹, the weights are B = −P / diag P by column, with a diagonal of 0. An image's
row times B says how much its tags speak for each tag; no tag speaks for itself.
"""

from dataclasses import dataclass

import numpy as np
import scipy.linalg

from labelsphere.annotations import Annotations
from labelsphere.arrays import DoubleArray, FloatArray, IntArray, SparseRows
from labelsphere.space.presence import presence_rows

MOST_LABELS = 8_192
"""Labels up to which the weights, labels × labels, are computed: half a GiB in float64."""

_PENALTIES = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
_HELD_BACK = 0.2
_MOST_HELD_BACK = 4_000
_ROWS_AT_ONCE = 1 << 22


@dataclass(frozen=True, eq=False)
class LinearEvidence:
    """Support of tags by the other tags of an image, from a linear regression.

    Made by `LinearEvidence.fit_to`.

    Attributes:
        rows: CSR, images × labels, ones.
        weights: (labels, labels) float32; row: the tag that speaks, column: the one spoken for.
        penalty: λ.
    """

    rows: SparseRows
    weights: FloatArray
    penalty: float

    @classmethod
    def fit_to(cls, tags: Annotations, seed: int = 0) -> "LinearEvidence":
        """Fit the weights to the tags that are judged; the penalty by cross-validation.

        A fifth of the images with two tags or more is held back. Of each of them one tag is
        hidden, and the penalty is taken that ranks the hidden tags best among the absent ones
        (mean reciprocal rank) by weights fitted to the other images.

        Args:
            tags: Images and their tags, of at most `MOST_LABELS` labels.
            seed: Of what is held back and hidden.
        """
        rows = presence_rows(tags.matrix).astype(np.float64)
        penalty = _choose_penalty(rows, seed)
        return cls(rows, regression_weights(rows, penalty).astype(np.float32), penalty)

    def support(self, images: IntArray, labels: IntArray) -> DoubleArray:
        """Support of each label by the image's other tags, (pairs,); NaN without others."""
        support = np.empty(len(images))
        step = max(1, _ROWS_AT_ONCE // max(1, self.rows.shape[1]))
        for start in range(0, len(images), step):
            block = slice(start, start + step)
            rows = self.rows[images[block]]
            spoken = self.weights[:, labels[block]].T
            support[block] = np.asarray(rows.multiply(spoken).sum(axis=1)).ravel()
        has = np.asarray(self.rows[images, labels], np.float64).ravel()
        others = np.diff(self.rows.indptr)[images] - has
        return np.where(others > 0, support, np.nan)

    def candidates(self, start: int, stop: int) -> DoubleArray:
        """Support of every label, (images, labels); −∞ in images without a tag."""
        rows = self.rows[start:stop]
        support = np.asarray(rows @ self.weights, np.float64)
        support[np.diff(rows.indptr) == 0] = -np.inf
        return support


def regression_weights(rows: SparseRows, penalty: float) -> DoubleArray:
    """The weights B, (labels, labels) float64, of images × labels.

    Args:
        rows: CSR of ones.
        penalty: λ, above 0.
    """
    gram = (rows.T @ rows).toarray()
    return _weights_of(gram, penalty)


def _weights_of(gram: DoubleArray, penalty: float) -> DoubleArray:
    ridged = gram.copy()
    np.fill_diagonal(ridged, np.diag(gram) + penalty)
    factor, _ = scipy.linalg.cho_factor(ridged, lower=True, overwrite_a=True, check_finite=False)
    inverse, _ = scipy.linalg.lapack.dpotri(factor, lower=True, overwrite_c=True)
    inverse = np.tril(inverse)
    inverse += np.tril(inverse, -1).T
    weights: DoubleArray = inverse / -np.diag(inverse)
    np.fill_diagonal(weights, 0.0)
    return weights


def _choose_penalty(rows: SparseRows, seed: int) -> float:
    """The penalty that ranks hidden tags best; the middle one where nothing can be hidden."""
    random = np.random.default_rng(seed)
    several = np.flatnonzero(np.diff(rows.indptr) >= 2)
    count = min(int(np.ceil(_HELD_BACK * len(several))), _MOST_HELD_BACK)
    if count == 0:
        return _PENALTIES[len(_PENALTIES) // 2]
    held = np.sort(random.permutation(several)[:count])
    lengths = np.diff(rows.indptr)[held]
    gone = rows.indptr[held] + random.integers(0, lengths)
    hidden = rows.indices[gone].astype(np.int64)
    shown = rows[held]
    given = np.repeat(np.arange(count), lengths)
    positions = shown.indices.astype(np.int64)
    shown.data = (positions != np.repeat(hidden, lengths)).astype(np.float64)
    others = np.setdiff1d(np.arange(rows.shape[0]), held)
    gram = (rows[others].T @ rows[others]).toarray()
    kept = shown.data > 0

    def quality(penalty: float) -> float:
        scores = np.asarray(shown @ _weights_of(gram, penalty))
        scores[given[kept], positions[kept]] = -np.inf
        own = scores[np.arange(count), hidden][:, None]
        return float((1 / (1 + (scores > own).sum(axis=1))).mean())

    return max(_PENALTIES, key=quality)
