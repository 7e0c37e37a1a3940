"""Calibration for another set of labels: renamed, merged, removed, or new without training."""

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
    """Calibrate the labels of a space that grew out of the one trained for; see `transfer`.

    Of labels that are one now, the most frequent one's calibration is taken.

    Args:
        calibration: Of the labels as they were.
        space: The space; its vocabulary knows the labels' earlier names.
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
    """Calibrate other labels from the ones that were fitted, without new images.

    A label that was fitted keeps all that is known of it. A new one gets the typical scaling and
    thresholds of fitted labels with about as many images, and the bias of its nearest fitted
    labels as far as it differs from that of their buckets.

    Args:
        calibration: Of the fitted labels.
        names: The other labels.
        source: (other labels,) int64 fitted label that each one was; −1 for a new one.
        counts: (other labels,) int64 training images, for a new label those it was placed by.
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

    # Two old labels that are one now share its scores, but their positives may overlap.
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
    """A fitted label to take scaling and thresholds from, for each count.

    Of the labels in the nearest bucket that has predictable ones, the one with the median accept
    threshold, one with its bucket's thresholds if there is one.
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
    """Difference of the nearest fitted labels' biases from their buckets', (new labels,).

    The mean over the ten nearest, weighed by cosine, and one more neighbor with none counted in.
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
    """The curves of those labels that were fitted, by their new numbers."""
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
