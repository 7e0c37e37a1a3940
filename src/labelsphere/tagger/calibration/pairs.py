"""Scored pairs of image and label, to which a calibration is fitted."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_array

from labelsphere.arrays import AnyArray, BoolArray, DoubleArray, FloatArray, IntArray, SparseRows
from labelsphere.errors import DataError, UsageError
from labelsphere.metrics.scores import Progress, Scores, blocks

PAIRS = 1 << 20
"""Number of pairs to keep: all of them, or the highest of each image and a sample."""


@dataclass(frozen=True, eq=False)
class Pairs:
    """Scored pairs of image and label, ordered by label.

    Memory grows with the number of pairs: at most about `PAIRS`, plus the annotated ones.

    Attributes:
        n_images: Number of images.
        n_labels: Number of labels.
        image: (pairs,) int64 row of the image.
        label: (pairs,) int64 label, ascending.
        score: (pairs,) float64 raw score; finite.
        positive: (pairs,) whether the image has the label.
        weight: (pairs,) float64 number of pairs that each represents: 1, or more if sampled.
    """

    n_images: int
    n_labels: int
    image: IntArray
    label: IntArray
    score: DoubleArray
    positive: BoolArray
    weight: DoubleArray

    def where(self, mask: BoolArray) -> "Pairs":
        """Select pairs by a (pairs,) mask."""
        return replace(
            self,
            image=self.image[mask],
            label=self.label[mask],
            score=self.score[mask],
            positive=self.positive[mask],
            weight=self.weight[mask],
        )

    def positives(self) -> IntArray:
        """Number of images with each label, (labels,) int64."""
        found = np.bincount(self.label[self.positive], minlength=self.n_labels)
        return found.astype(np.int64)


def collect_pairs(
    scores: Scores,
    truth: SparseRows,
    absences: SparseRows | None = None,
    *,
    most: int | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Pairs:
    """Collect pairs in one pass over the scores, in blocks of images.

    If images × labels exceed ``most``, keeps all annotated pairs, the highest scores of each image,
    and a weighted sample of the others.

    A label with known absences uses its known pairs only; for other labels a missing tag counts as
    absent, as in training. Pairs with the score −∞, such as those of labels without an embedding,
    are left out: their probability is 0.

    Args:
        scores: Images × labels.
        truth: CSR, images × labels; nonzero cells are true tags.
        absences: CSR, images × labels; nonzero cells are known to be absent. A pair in both counts
            as true.
        most: Number of pairs to keep; `PAIRS` if None.
        seed: Random seed of the sample.
        progress: Called with the number of finished images and of all images.

    Raises:
        UsageError: If shapes differ.
        DataError: If a score is NaN or +∞, or there is no true tag.
    """
    n_images, n_labels = scores.shape
    _check(scores.shape, truth, absences)
    random = np.random.default_rng(seed)
    most = PAIRS if most is None else most
    share = None if n_images * n_labels <= most else max(1, most // (2 * max(1, n_images)))
    known = None if absences is None else np.bincount(_cells(absences)[1], minlength=n_labels) > 0
    parts: list[tuple[AnyArray, ...]] = []
    for start, stop in blocks(n_images, n_labels):
        block = scores.rows(start, stop)
        _check_scores(block, start)
        positive = _dense(truth, start, stop)
        absent = np.zeros_like(positive) if absences is None else _dense(absences, start, stop)
        weight = _weights(block, positive | absent, share, random)
        if known is not None:
            weight[:, known] *= (positive | absent)[:, known]
        weight[np.isneginf(block)] = 0
        rows, labels = np.nonzero(weight)
        cells = (rows, labels)
        parts.append((rows + start, labels, block[cells], positive[cells], weight[cells]))
        if progress is not None:
            progress(stop, n_images)
    image, label, score, is_true, weights = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    order = np.argsort(label, kind="stable")
    pairs = Pairs(
        n_images,
        n_labels,
        image[order].astype(np.int64),
        label[order].astype(np.int64),
        score[order].astype(np.float64),
        is_true[order],
        weights[order].astype(np.float64),
    )
    if not pairs.positive.any():
        raise DataError(
            f"none of the {n_images} images has a tag that can be predicted; expected images with "
            "tags of the tagger: check the table and the split"
        )
    return pairs


def image_levels(scores: Scores, scale: float) -> DoubleArray:
    """Compute `level_of` each image, (images,) float64."""
    parts = [level_of(scores.rows(start, stop), scale) for start, stop in blocks(*scores.shape)]
    return np.concatenate(parts) if parts else np.empty(0)


def level_of(block: AnyArray, scale: float) -> DoubleArray:
    """Compute the overall level of an image's scores: log Σ exp(scale · score) over all labels.

    A decoder's scores compare labels of one image. The level makes images comparable.

    Args:
        block: (images, labels) scores; −∞ adds nothing.
        scale: Factor of the scores.

    Returns:
        (images,) float64; 0 if all scores are −∞.
    """
    # scipy's logsumexp, which also handles signs and weights, takes five times as long.
    values = np.multiply(block, scale, dtype=np.float64)
    highest = values.max(axis=1, initial=-np.inf)
    highest[~np.isfinite(highest)] = 0.0
    values -= highest[:, None]
    with np.errstate(divide="ignore", over="ignore"):
        levels: DoubleArray = np.log(np.exp(values, out=values).sum(axis=1)) + highest
    return np.where(np.isfinite(levels), levels, 0.0)


def _weights(
    block: FloatArray, annotated: BoolArray, share: int | None, random: np.random.Generator
) -> DoubleArray:
    """Return the weight of each pair of a block, (images, labels); 0 leaves a pair out."""
    if share is None:
        return np.ones(block.shape)
    n_labels = block.shape[1]
    cut = np.partition(block, n_labels - share, axis=1)[:, n_labels - share, None]
    kept = (block >= cut) | annotated
    rest = ~kept
    drawn = rest & (random.random(block.shape, np.float32) < share / n_labels)
    # The sampled pairs of an image represent all its other pairs; without any, those are lost.
    factor = rest.sum(axis=1) / np.maximum(drawn.sum(axis=1), 1)
    weights: DoubleArray = kept + drawn * factor[:, None]
    return weights


def _dense(rows: SparseRows, start: int, stop: int) -> BoolArray:
    dense: BoolArray = rows[start:stop].toarray() != 0
    return dense


def _cells(rows: SparseRows) -> tuple[IntArray, IntArray]:
    where = csr_array(rows).nonzero()
    return where[0].astype(np.int64), where[1].astype(np.int64)


def _check(shape: tuple[int, int], truth: SparseRows, absences: SparseRows | None) -> None:
    for name, rows in (("truth", truth), ("absences", absences)):
        if rows is not None and tuple(rows.shape) != tuple(shape):
            raise UsageError(
                f"{name} must be images × labels {tuple(shape)} like the scores, "
                f"but got {tuple(rows.shape)}"
            )


def _check_scores(block: FloatArray, start: int) -> None:
    wrong = np.isnan(block) | np.isposinf(block)
    if wrong.any():
        row = start + int(wrong.any(axis=1).argmax())
        raise DataError(f"a score of image {row} is NaN or +∞; expected finite scores, or −∞")
