"""Search by tiles of products, in bfloat16 where the processor has it, and compiled kernels."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeAlias

import numpy as np
import torch

from labelsphere.arrays import AnyArray, BoolArray, DoubleArray, FloatArray, IntArray
from labelsphere.space.nearest import kernels
from labelsphere.space.nearest.bounds import error_weights
from labelsphere.space.nearest.candidates import Candidates
from labelsphere.space.nearest.problem import Found, Labels, Points
from labelsphere.space.nearest.products import Products

_POINTS_AT_ONCE = 1024
_LABELS_AT_ONCE = 8192
_LEAST_ROOM = 1024
_SCORES_AT_ONCE = 1 << 23
"""64 MiB of float64, where all labels are scored."""

Run: TypeAlias = Callable[[Callable[[slice], None], int], None]
"""Calls a function on parts of so many rows, on all threads."""


def search_by_tiles(points: FloatArray, labels: Labels, rows: IntArray, found: Found) -> None:
    """Find the labels of highest score; arguments as in `search_by_product`.

    The cheapest products that the machine offers leave some candidates a point. Where they leave
    too many, products in float32 are taken; where these do too, every label is scored.
    """
    count = found.numbers.shape[1]
    room = max(_LEAST_ROOM, 8 * count)
    ways = list(labels.ways) if room < len(labels.open) else []
    candidates = Candidates(labels, min(len(rows), _POINTS_AT_ONCE), count, room if ways else 0)
    with _threads() as run:
        for start in range(0, len(rows), _POINTS_AT_ONCE):
            left = rows[start : start + _POINTS_AT_ONCE]
            for products in list(ways):
                block = Points.of(points[left], cosine=labels.cosine)
                settled = _search_block(block, labels, products, candidates, left, found, run)
                if 2 * np.count_nonzero(settled) < len(left):
                    ways.remove(products)  # it costs more than it saves
                left = left[~settled]
                if not len(left):
                    break
            _score_everything(points, labels, left, found, run)


def _search_block(
    points: Points,
    labels: Labels,
    products: Products,
    candidates: Candidates,
    rows: IntArray,
    found: Found,
    run: Run,
) -> BoolArray:
    """Search a block of points; which of them are settled, (points,) bool."""
    height = len(points)
    factor, rounding = products.points(points.screened)
    errors = error_weights(rounding, products.labels, labels.width)
    candidates.begin()
    candidates.sizes[:height][rounding.unsafe] = -1
    for first in range(0, len(labels.vectors), _LABELS_AT_ONCE):
        tile = products.tile(factor, first, first + _LABELS_AT_ONCE)

        def collect(part: slice, tile: AnyArray = tile, first: int = first) -> None:
            candidates.collect(part, tile, first, errors, products.relative)

        run(collect, height)
    count = found.numbers.shape[1]
    best, values = np.empty((height, count), np.int64), np.empty((height, count), np.float32)
    run(lambda part: candidates.settle(part, points, best, values), height)
    settled: BoolArray = candidates.sizes[:height] >= 0
    found.write(rows[settled], best[settled], values[settled])
    return settled


def _score_everything(
    points: FloatArray, labels: Labels, rows: IntArray, found: Found, run: Run
) -> None:
    """Rank all labels at some points."""
    count = found.numbers.shape[1]
    step = max(1, _SCORES_AT_ONCE // len(labels.vectors))
    for start in range(0, len(rows), step):
        block = Points.of(points[rows[start : start + step]], cosine=labels.cosine)
        scores = np.empty((len(block), len(labels.vectors)))

        def score(part: slice, block: Points = block, scores: DoubleArray = scores) -> None:
            kernels.score_all(
                block.given[part], block.factors[part], labels.vectors, labels.bias, scores[part]
            )

        run(score, len(block))
        order = np.argsort(-scores, axis=1, kind="stable")[:, :count]
        best = np.take_along_axis(scores, order, axis=1)
        found.write(rows[start : start + step], order, best)


@contextmanager
def _threads() -> Iterator[Run]:
    # Not Numba's own threads: of its layers the one that is always there ends the process when
    # two threads of the caller come at once.
    number = torch.get_num_threads()
    with ThreadPoolExecutor(number) as pool:

        def run(function: Callable[[slice], None], rows: int) -> None:
            step = max(1, -(-rows // number))
            parts = [slice(start, min(start + step, rows)) for start in range(0, rows, step)]
            for _ in pool.map(function, parts):
                pass

        yield run
