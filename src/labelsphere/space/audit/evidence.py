"""Evidence for or against a tag from the other tags of its image.

By §3.1 a tag's product with the sum of the others is the sum of its mutual information with each:
e_i · Σ_j e_j = Σ_j PMI(i, j). `CountEvidence` takes that sum from counts, where an image can be
left out of what judges it; `SpaceEvidence` takes it from points, which may come from elsewhere.
"""

from collections.abc import Callable
from typing import Protocol

import numpy as np
from scipy.sparse import csr_array

from labelsphere.annotations import Annotations
from labelsphere.arrays import DoubleArray, IntArray, SparseRows
from labelsphere.space.cooccurrence import count_cooccurrence
from labelsphere.space.label_space import LabelSpace
from labelsphere.space.presence import presence_rows

_PAIRS_AT_ONCE = 1 << 21
_SHRUNK = 0.2
"""Imaginary images by which a pair's count and its expectation grow: one meeting says little."""
_IMAGINED = 3.0
"""Imaginary images with tag j in which other tags are as common as everywhere."""

_PairValue = Callable[[IntArray, IntArray, DoubleArray], DoubleArray]


class AbsentEvidence(Protocol):
    """Evidence for tags that an image lacks."""

    def support(self, images: IntArray, labels: IntArray) -> DoubleArray:
        """Support of each label by the image's other labels, (pairs,) float64."""

    def candidates(self, start: int, stop: int) -> DoubleArray:
        """Support of every label in some images, (images, labels); −∞ where nothing supports it."""


class Evidence(AbsentEvidence, Protocol):
    """Evidence about a tag from the other tags of its image; NaN where there are none.

    Attributes:
        prior_weight: What log p of a tag counts for beside the support, when absent tags compete.
    """

    prior_weight: float

    def fit(self, images: IntArray, labels: IntArray) -> DoubleArray:
        """Fit of each label with the other labels of its image, (pairs,) float64."""


class CountEvidence:
    """Evidence from the co-occurrence counts of the very tags that are judged.

    An image is left out of the counts that judge it: otherwise a tag put there by mistake would
    vouch for itself, the more so the rarer it is. Sums over the other tags are divided by the root
    of their number, since tags that go together are no independent witnesses.

    Args:
        tags: Images and their tags.
    """

    prior_weight = 1.0

    def __init__(self, tags: Annotations) -> None:
        self._rows = presence_rows(tags.matrix)
        self._joint = count_cooccurrence(tags).joint
        self._once = np.asarray(self._joint.diagonal(), np.float64)
        self._images = max(float(tags.n_images), 1.0)
        self._seen: SparseRows | None = None

    def fit(self, images: IntArray, labels: IntArray) -> DoubleArray:
        """Sum of the shrunk PMI, log (n_ij + 0.2) / (n_i·n_j / N + 0.2), over the others."""
        return self._sum_over_others(images, labels, self._shrunk_pmi)

    def support(self, images: IntArray, labels: IntArray) -> DoubleArray:
        """Sum of log p(i | j) / p(i) over the others, p(i | j) held at p(i) by three images."""
        return self._sum_over_others(images, labels, self._shrunk_lift)

    def candidates(self, start: int, stop: int) -> DoubleArray:
        """`support` of every label; −∞ of labels that never go with one of the image's."""
        rows = self._rows[start:stop]
        others = np.maximum(np.diff(rows.indptr), 1)[:, None]
        gain = (rows @ self._gains()).toarray()
        base = rows @ np.log(_IMAGINED / (self._once + _IMAGINED))
        support: DoubleArray = np.where(gain > 0, (gain + base[:, None]) / np.sqrt(others), -np.inf)
        return support

    def _gains(self) -> SparseRows:
        """Gain of a pair seen together over one never seen: labels j × labels i."""
        if self._seen is None:
            gains = self._joint.copy()
            share = _IMAGINED * self._share(gains.indices.astype(np.int64))
            gains.data = np.log1p(gains.data / share)
            gains.setdiag(0.0)
            gains.eliminate_zeros()
            self._seen = csr_array(gains)
        return self._seen

    def _share(self, labels: IntArray) -> DoubleArray:
        # Half an image keeps a label that is left with none at a finite rarity.
        return np.asarray((self._once[labels] + 0.5) / (self._images + 1.0), np.float64)

    def _shrunk_pmi(self, mine: IntArray, other: IntArray, own: DoubleArray) -> DoubleArray:
        together = self._together(mine, other) - own
        expected = (self._once[mine] - own) * (self._once[other] - 1.0) / self._images
        return np.asarray(np.log((together + _SHRUNK) / (expected + _SHRUNK)), np.float64)

    def _shrunk_lift(self, mine: IntArray, other: IntArray, own: DoubleArray) -> DoubleArray:
        share = self._share(mine)
        conditional = (self._together(mine, other) - own + _IMAGINED * share) / (
            self._once[other] - own + _IMAGINED
        )
        return np.asarray(np.log(conditional / share), np.float64)

    def _together(self, mine: IntArray, other: IntArray) -> DoubleArray:
        return np.asarray(self._joint[mine, other], np.float64).ravel()

    def _sum_over_others(
        self, images: IntArray, labels: IntArray, value: _PairValue
    ) -> DoubleArray:
        sums = np.empty(len(images))
        lengths = np.diff(self._rows.indptr)[images]
        ends = np.cumsum(lengths)
        start = 0
        while start < len(images):
            limit = (ends[start] - lengths[start]) + _PAIRS_AT_ONCE
            stop = max(start + 1, int(np.searchsorted(ends, limit, side="right")))
            sums[start:stop] = self._block(images[start:stop], labels[start:stop], value)
            start = stop
        return sums

    def _block(self, images: IntArray, labels: IntArray, value: _PairValue) -> DoubleArray:
        lengths = np.diff(self._rows.indptr)[images]
        pair = np.repeat(np.arange(len(images)), lengths)
        within = np.arange(len(pair)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        other = self._rows.indices[self._rows.indptr[images[pair]] + within].astype(np.int64)
        mine = labels[pair]
        itself = other == mine
        # Only a tag that the image has was counted there, with each of the others.
        own = np.bincount(pair[itself], minlength=len(images))
        pair, other, mine = pair[~itself], other[~itself], mine[~itself]
        values = value(mine, other, own[pair].astype(np.float64))
        number = np.bincount(pair, minlength=len(images))
        total = np.bincount(pair, weights=values, minlength=len(images))
        judged: DoubleArray = np.where(number > 0, total / np.sqrt(np.maximum(number, 1)), np.nan)
        return judged


class SpaceEvidence:
    """Evidence from a label space: the cosine between a tag and the sum of the others.

    The image is not left out of the space, so the space should come from other images, or from so
    many that one does not matter.

    Args:
        tags: Images and their tags, over the space's vocabulary.
        space: Where the tags are.
    """

    prior_weight = 0.1

    def __init__(self, tags: Annotations, space: LabelSpace) -> None:
        space.check_vocabulary(tags.vocabulary)
        self._rows = presence_rows(tags.matrix)
        self._space = space

    def fit(self, images: IntArray, labels: IntArray) -> DoubleArray:
        """Cosine of the label and the sum of the others."""
        fits = np.empty(len(images))
        for start in range(0, len(images), _PAIRS_AT_ONCE // max(1, self._space.dim)):
            block = slice(start, start + _PAIRS_AT_ONCE // max(1, self._space.dim))
            fits[block] = self._block(images[block], labels[block])
        return fits

    def support(self, images: IntArray, labels: IntArray) -> DoubleArray:
        """The same."""
        return self.fit(images, labels)

    def candidates(self, start: int, stop: int) -> DoubleArray:
        """Cosine of every label and the sum of all; −∞ for those without an embedding."""
        points = self._space.encode(self._rows[start:stop])
        support = (points @ self._space.unit_vectors.T).astype(np.float64)
        support[~points.any(axis=1)] = -np.inf
        support[:, ~self._space.placed] = -np.inf
        return support

    def _block(self, images: IntArray, labels: IntArray) -> DoubleArray:
        rows = self._rows[images]
        mine = self._space.vectors[labels].astype(np.float64)
        has = np.asarray(self._rows[images, labels], np.float64).ravel()[:, None]
        others = rows @ self._space.vectors.astype(np.float64) - has * mine
        # What is left of a sum of one is rounding.
        alone = (np.diff(rows.indptr) - has[:, 0] <= 0) | ~self._space.placed[labels]
        norms = np.linalg.norm(others, axis=1) * np.linalg.norm(mine, axis=1)
        products = np.einsum("ij,ij->i", others, mine)
        undefined = alone | (norms <= 1e-12)
        cosines: DoubleArray = np.where(undefined, np.nan, products / np.where(undefined, 1, norms))
        return cosines
