"""Transfer of a calibration to other labels: renamed, merged, removed or new ones."""

from dataclasses import replace

import numpy as np

from labelsphere.arrays import AnyArray, DoubleArray, IntArray
from labelsphere.metrics.buckets import BUCKET_EDGES
from labelsphere.space import LabelSpace
from labelsphere.tagger.calibration.calibration import Calibration
from labelsphere.tagger.calibration.expectation import Expectation
from labelsphere.tagger.calibration.isotonic import IsotonicCurves
from labelsphere.tagger.calibration.platt import PlattScaling

_NEIGHBORS = 10
_BLOCK = 512


def calibration_for_space(
    calibration: Calibration, space: LabelSpace, counts: IntArray
) -> Calibration:
    """Calibrate the labels of a changed label space; see `transfer`.

    A merged label gets the calibration of the most frequent of its labels.

    Args:
        calibration: Calibration of the labels before the change.
        space: The changed space; its vocabulary has the labels' earlier names as aliases.
        counts: (labels,) int64 training images of the space's labels.
    """
    source = np.full(space.n_labels, -1, np.int64)
    for old in np.argsort(calibration.counts, kind="stable").tolist():
        number = space.vocabulary.get(calibration.names[old])
        if number is not None:
            source[number] = old
    return transfer(calibration, tuple(space.vocabulary), source, counts, space.vectors)


def transfer(
    calibration: Calibration,
    names: tuple[str, ...],
    source: IntArray,
    counts: IntArray,
    vectors: AnyArray,
) -> Calibration:
    """Calibrate other labels from fitted ones, without new images.

    A fitted label keeps its calibration. A new label gets the typical scaling and thresholds of
    fitted labels with a similar number of images. Its bias differs from its bucket's by the mean
    difference of its nearest fitted labels.

    Args:
        calibration: Calibration of the fitted labels.
        names: Names of the other labels.
        source: (other labels,) int64 the fitted label of each; −1 for a new label.
        counts: (other labels,) int64 number of training images; for a new label, the number given
            when it was added.
        vectors: (other labels, k) embeddings; zero for a label without one.
    """
    new = np.flatnonzero(source < 0)
    old = np.flatnonzero(source >= 0)
    typical = _typical_labels(calibration, counts[new])
    like = source.copy()
    like[new] = typical
    bias = calibration.platt.bias[like]
    bias[new] = calibration.platt.bucket_bias[typical] + _neighbor_bias(
        calibration.platt, source, old, new, vectors
    )
    sources = [calibration.sources[label] for label in like.tolist()]
    for label in new.tolist():
        sources[label] = "neighbors"

    def take(expectation: Expectation) -> Expectation:
        return expectation.take(like)

    # Merged labels share the scores, but their positives may overlap.
    positives = np.where(source < 0, 0, calibration.positives[like])
    return replace(
        calibration,
        names=names,
        counts=counts,
        positives=positives,
        platt=replace(calibration.platt.take(like), bias=bias),
        curves=_moved_curves(calibration.curves, source),
        accept=calibration.accept[like],
        suggest=calibration.suggest[like],
        precision=take(calibration.precision),
        recall=take(calibration.recall),
        suggest_precision=take(calibration.suggest_precision),
        suggest_recall=take(calibration.suggest_recall),
        sources=tuple(sources),
    )


def _typical_labels(calibration: Calibration, counts: IntArray) -> IntArray:
    """Choose a fitted label whose scaling and thresholds fit each count.

    It is the label with the median accept threshold in the nearest bucket with predictable labels,
    if possible among those that use their bucket's thresholds.
    """
    usable = np.flatnonzero(np.isfinite(calibration.accept))
    if not len(usable):
        usable = np.arange(calibration.n_labels)
    buckets = np.searchsorted(BUCKET_EDGES, calibration.counts[usable], side="right")
    shared = np.array([calibration.sources[label] != "label" for label in usable.tolist()])
    typical = np.zeros(len(counts), np.int64)
    for bucket in range(len(BUCKET_EDGES) + 1):
        wanted = np.searchsorted(BUCKET_EDGES, counts, side="right") == bucket
        nearest = buckets[np.abs(buckets - bucket).argmin()]
        some = usable[(buckets == nearest) & shared]
        some = some if len(some) else usable[buckets == nearest]
        order = np.argsort(calibration.accept[some], kind="stable")
        typical[wanted] = some[order[len(order) // 2]]
    return typical


def _neighbor_bias(
    platt: PlattScaling, source: IntArray, old: IntArray, new: IntArray, vectors: AnyArray
) -> DoubleArray:
    """Compute the mean difference of neighbours' biases from their buckets', (new labels,).

    The mean over the ten nearest labels, weighted by cosine, shrunk by one more neighbour with a
    difference of 0.
    """
    if not len(old) or not len(new):
        return np.zeros(len(new))
    wide = np.asarray(vectors, np.float64)
    unit = wide / np.maximum(np.linalg.norm(wide, axis=1, keepdims=True), 1e-12)
    away = (platt.bias - platt.bucket_bias)[source[old]]
    count = min(_NEIGHBORS, len(old))
    found = np.zeros(len(new))
    for start in range(0, len(new), _BLOCK):
        cosine = unit[new[start : start + _BLOCK]] @ unit[old].T
        nearest = np.argpartition(-cosine, count - 1, axis=1)[:, :count]
        weight = np.maximum(np.take_along_axis(cosine, nearest, axis=1), 0.0)
        total = (weight * away[nearest]).sum(axis=1)
        found[start : start + _BLOCK] = total / (weight.sum(axis=1) + 1)
    return found


def _moved_curves(curves: IsotonicCurves, source: IntArray) -> IsotonicCurves:
    """Renumber the curves of the fitted labels."""
    number = {label: n for n, label in enumerate(curves.labels.tolist())}
    kept = [(new, number[old]) for new, old in enumerate(source.tolist()) if old in number]
    if not kept:
        return IsotonicCurves.none()
    spans = [slice(curves.starts[n], curves.starts[n + 1]) for _, n in kept]
    sizes = [span.stop - span.start for span in spans]
    return IsotonicCurves(
        np.array([new for new, _ in kept], np.int64),
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        np.concatenate([curves.given[span] for span in spans]),
        np.concatenate([curves.found[span] for span in spans]),
    )
