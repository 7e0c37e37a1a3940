"""Compiled inner loops of the search by tiles. Loading this module loads Numba.

The caller's threads run them side by side on rows of their own; they hold no lock.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import njit

from labelsphere.arrays import AnyArray, BoolArray, DoubleArray, FloatArray, IntArray

Function = TypeVar("Function", bound=Callable[..., Any])

# Sums may be taken in any order, which lets them run in vector registers; infinities are kept.
_SUMS = {"nnan", "nsz", "reassoc", "contract"}
_LOWEST = np.float32(-3.4e38)
_CHUNK = 16
_NEAR_BYTES = 1 << 20
"""Label vectors that are scored together: what fits beside a core."""


def _compiled(**options: Any) -> Callable[[Function], Function]:
    """Compile at the first call and keep the result on disk, where there is a place for it."""

    def compiled(function: Function) -> Function:
        try:
            kept: Function = njit(nogil=True, cache=True, **options)(function)
        except RuntimeError:  # neither the package's folder nor the user's can be written
            kept = njit(nogil=True, **options)(function)
        return kept

    return compiled


@_compiled(fastmath=_SUMS)
def collect(
    tile: AnyArray,
    first: int,
    norms: FloatArray,
    weights: FloatArray,
    bias_low: FloatArray,
    bias_high: FloatArray,
    relative: np.float32,
    count: int,
    numbers: AnyArray,
    lows: FloatArray,
    highs: FloatArray,
    sizes: IntArray,
    enough: FloatArray,
) -> None:
    """Keep the labels of a tile of products that may be among the best of each point.

    Args:
        tile: (points, width) products; uint16 holds bfloat16.
        first: Number of the tile's first label.
        norms: (points,) float32, see `error_weights`.
        weights: (labels,) float32, likewise.
        bias_low: (labels,) float32, least that the bias adds.
        bias_high: (labels,) float32, most that it adds.
        relative: Further error, as a share of the product.
        count: How many labels are wanted.
        numbers: (points, room) int32, labels kept so far, rising.
        lows: (points, room) float32, least that their scores can be.
        highs: (points, room) float32, most that they can be.
        sizes: (points,) int64, how many are kept; −1 once there was no room.
        enough: (points,) float32: ``count`` labels are known to score that much.
    """
    width = tile.shape[1]
    room = numbers.shape[1]
    values = np.empty(width, np.float32)
    bits = values.view(np.int32)
    most = np.empty(width, np.float32)
    hits = np.empty(width, np.int32)
    chunks = width // _CHUNK
    peaks = np.empty(chunks, np.float32)
    for i in range(tile.shape[0]):
        if sizes[i] < 0:
            continue
        if tile.itemsize == 2:
            for j in range(width):
                bits[j] = np.int32(tile[i, j]) << 16
        else:
            for j in range(width):
                values[j] = tile[i, j]
        norm = norms[i]
        if sizes[i] == 0 and chunks >= 2 * count:
            # Chunks whose peaks are certain to reach a level hold a label each that does.
            for chunk in range(chunks):
                peak = _LOWEST
                for j in range(chunk * _CHUNK, (chunk + 1) * _CHUNK):
                    error = relative * abs(values[j]) + norm * weights[first + j]
                    peak = max(peak, values[j] + bias_low[first + j] - error)
                peaks[chunk] = peak
            enough[i] = max(enough[i], np.partition(peaks, chunks - count)[chunks - count])
        for j in range(width):
            error = relative * abs(values[j]) + norm * weights[first + j]
            most[j] = values[j] + bias_high[first + j] + error
        level = enough[i]
        found = 0
        for j in range(width):
            hits[found] = j
            found += most[j] >= level
        if sizes[i] + found > room:
            sizes[i] = _narrow(numbers[i], lows[i], highs[i], sizes[i], count, enough[i : i + 1])
        if sizes[i] + found > room:
            sizes[i] = -1
            continue
        size = sizes[i]
        for hit in range(found):
            j = hits[hit]
            error = relative * abs(values[j]) + norm * weights[first + j]
            numbers[i, size] = first + j
            lows[i, size] = values[j] + bias_low[first + j] - error
            highs[i, size] = most[j]
            size += 1
        sizes[i] = size
        if size >= 4 * count:
            sizes[i] = _narrow(numbers[i], lows[i], highs[i], size, count, enough[i : i + 1])


@_compiled()
def _narrow(
    numbers: AnyArray,
    lows: FloatArray,
    highs: FloatArray,
    size: int,
    count: int,
    enough: FloatArray,
) -> int:
    """Drop the labels of one point that are certain not to be among the best; how many stay."""
    if size < count:
        return size
    enough[0] = max(enough[0], np.partition(lows[:size], size - count)[size - count])
    kept = 0
    for entry in range(size):
        if highs[entry] >= enough[0]:
            numbers[kept] = numbers[entry]
            lows[kept] = lows[entry]
            highs[kept] = highs[entry]
            kept += 1
    return kept


@_compiled(fastmath=_SUMS)
def _product(point: FloatArray, vector: FloatArray) -> float:
    total = 0.0
    for k in range(point.shape[0]):
        total += np.float64(point[k]) * np.float64(vector[k])
    return total


@_compiled()
def _score_due(
    points: FloatArray,
    factors: DoubleArray,
    vectors: FloatArray,
    bias: FloatArray,
    numbers: AnyArray,
    sizes: IntArray,
    due: BoolArray,
    scores: DoubleArray,
) -> None:
    """Score what is due, by rising label, so that vectors are read from memory once."""
    at = np.zeros(len(points), np.int64)
    together = max(1, _NEAR_BYTES // (4 * vectors.shape[1]))
    for start in range(0, len(vectors), together):
        for i in range(len(points)):
            entry = at[i]
            while entry < sizes[i] and numbers[i, entry] < start + together:
                if due[i, entry]:
                    label = numbers[i, entry]
                    total = _product(points[i], vectors[label])
                    scores[i, entry] = total * factors[i] + np.float64(bias[label])
                entry += 1
            at[i] = entry


@_compiled()
def settle(
    points: FloatArray,
    factors: DoubleArray,
    vectors: FloatArray,
    bias: FloatArray,
    numbers: AnyArray,
    lows: FloatArray,
    highs: FloatArray,
    sizes: IntArray,
    enough: FloatArray,
    scores: DoubleArray,
    due: BoolArray,
    best: IntArray,
    values: FloatArray,
) -> None:
    """Score the labels kept and rank them.

    Args:
        points: (points, k) float32.
        factors: (points,) float64.
        vectors: (labels, k) float32.
        bias: (labels,) float32.
        numbers: As `collect` left them, like the next four.
        lows: Likewise.
        highs: Likewise.
        sizes: Likewise; set to −1 where a score was found outside its bounds.
        enough: Likewise.
        scores: (points, room) float64, to work in.
        due: (points, room) bool, to work in.
        best: (points, count) int64, to fill.
        values: (points, count) float32, to fill.
    """
    count = best.shape[1]
    for i in range(len(points)):
        if sizes[i] < count:
            sizes[i] = -1
            continue
        size = _narrow(numbers[i], lows[i], highs[i], sizes[i], count, enough[i : i + 1])
        sizes[i] = size
        middles = lows[i, :size] + highs[i, :size]
        level = np.partition(middles, size - count)[size - count]
        for entry in range(size):
            due[i, entry] = middles[entry] >= level
    _score_due(points, factors, vectors, bias, numbers, sizes, due, scores)
    # The best by their products are scored, and bound what is still to be scored.
    for i in range(len(points)):
        if sizes[i] < 0:
            continue
        known = scores[i, : sizes[i]][due[i, : sizes[i]]]
        level = np.partition(known, len(known) - count)[len(known) - count]
        kept = 0
        for entry in range(sizes[i]):
            if due[i, entry] or highs[i, entry] >= level:
                numbers[i, kept] = numbers[i, entry]
                lows[i, kept] = lows[i, entry]
                highs[i, kept] = highs[i, entry]
                scores[i, kept] = scores[i, entry]
                due[i, kept] = not due[i, entry]
                kept += 1
        sizes[i] = kept
    _score_due(points, factors, vectors, bias, numbers, sizes, due, scores)
    for i in range(len(points)):
        for entry in range(sizes[i]):
            if scores[i, entry] < lows[i, entry] or scores[i, entry] > highs[i, entry]:
                sizes[i] = -1
                break
        if sizes[i] >= 0:
            # Numbers rise and the sort is stable: equal scores rank by number.
            order = np.argsort(-scores[i, : sizes[i]], kind="mergesort")
            for place in range(count):
                best[i, place] = numbers[i, order[place]]
                values[i, place] = np.float32(scores[i, order[place]])


@_compiled()
def score_all(
    points: FloatArray,
    factors: DoubleArray,
    vectors: FloatArray,
    bias: FloatArray,
    scores: DoubleArray,
) -> None:
    """Scores of all labels at some points, summed as `settle` sums them.

    Args:
        points: (points, k) float32.
        factors: (points,) float64.
        vectors: (labels, k) float32.
        bias: (labels,) float32.
        scores: (points, labels) float64, to fill.
    """
    for label in range(len(vectors)):
        for i in range(len(points)):
            total = _product(points[i], vectors[label])
            scores[i, label] = total * factors[i] + np.float64(bias[label])
