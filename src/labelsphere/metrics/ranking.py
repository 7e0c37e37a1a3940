"""One pass over the scores: the best labels of each image and the ranks of its true tags."""

from dataclasses import dataclass

import numpy as np

from labelsphere.arrays import BoolArray, FloatArray, IntArray, SparseRows
from labelsphere.errors import DataError
from labelsphere.metrics.scores import Scores, blocks
from labelsphere.metrics.true_ranks import TrueRanks
from labelsphere.metrics.truth import binary_truth, find_hits

DEPTH = 100
"""How many predictions of an image are kept: the paper's 100 (§4.2)."""


@dataclass(frozen=True, eq=False)
class Ranking:
    """Labels ranked for each image by falling score; equal scores by rising label number.

    Attributes:
        scores: What was ranked.
        truth: CSR of ones, images × labels.
        top: (images, min(100, labels)) int64 label numbers, best first.
        hits: Of the same shape, bool: which of them are true.
        true_ranks: Ranks of the true tags among all labels, however deep they lie.
    """

    scores: Scores
    truth: SparseRows
    top: IntArray
    hits: BoolArray
    true_ranks: TrueRanks

    @classmethod
    def from_scores(cls, scores: Scores, truth: SparseRows) -> "Ranking":
        """Rank the labels of every image, in one pass over blocks of rows.

        Keeps 100 label numbers an image and one rank a true tag, never images × labels.

        Args:
            scores: Images × labels.
            truth: CSR, images × labels; every cell that is not zero is a true tag.

        Raises:
            UsageError: If ``scores`` and ``truth`` differ in shape.
            DataError: If a score is NaN, or no image has a true tag.

        Examples:
            >>> from scipy.sparse import csr_array
            >>> from labelsphere.metrics import DenseScores
            >>> ranking = Ranking.from_scores(
            ...     DenseScores([[0.2, 0.9, 0.2]]), csr_array([[1.0, 0.0, 1.0]])
            ... )
            >>> ranking.top.tolist(), ranking.hits.tolist(), ranking.true_ranks.ranks.tolist()
            ([[1, 0, 2]], [[False, True, True]], [2, 3])
        """
        n_images, n_labels = scores.shape
        truth = binary_truth(truth, scores.shape)
        top = np.empty((n_images, min(DEPTH, n_labels)), np.int64)
        images = np.repeat(np.arange(n_images, dtype=np.int64), np.diff(truth.indptr))
        labels = np.empty(truth.nnz, np.int64)
        ranks = np.empty(truth.nnz, np.int64)
        for start, stop in blocks(n_images, n_labels):
            order = rank_labels(scores.rows(start, stop), first_image=start)
            top[start:stop] = order[:, : top.shape[1]]
            pairs = slice(truth.indptr[start], truth.indptr[stop])
            is_true = np.zeros(order.shape, bool)
            is_true[images[pairs] - start, truth.indices[pairs]] = True
            # Row by row and from the best on, as the pairs of true ranks stand.
            places = np.flatnonzero(np.take_along_axis(is_true, order, axis=1))
            labels[pairs] = order.ravel()[places]
            ranks[pairs] = places % n_labels + 1
        true_ranks = TrueRanks(n_images, images, labels, ranks)
        return cls(scores, truth, top, find_hits(top, truth), true_ranks)


def rank_labels(scores: FloatArray, *, first_image: int = 0) -> IntArray:
    """All labels of each image, best first; equal scores by rising label number.

    Args:
        scores: (images, labels), compared as float32; -0 equals 0.
        first_image: Row number of the first image, for the message.

    Returns:
        (images, labels) int64.

    Raises:
        DataError: If a score is NaN.
    """
    values = np.asarray(scores, np.float32)
    missing = np.isnan(values).any(axis=1)
    if missing.any():
        raise DataError(
            f"the scores of image row {first_image + int(np.argmax(missing))} hold NaN; expected "
            "numbers or -inf: check the method's output for this image"
        )
    # A float's bits, read as an integer, sort like the float once those of negative numbers are
    # flipped. With the label below them each key is unique and one fast sort settles the ties.
    bits = (values + np.float32(0)).view(np.int32)
    ascending = bits ^ ((bits >> 31) & np.int32(0x7FFFFFFF))
    keys = (~ascending).astype(np.int64) << 32
    keys |= np.arange(values.shape[1], dtype=np.int64)
    keys.sort(axis=1)
    keys &= 0xFFFFFFFF
    return keys
