"""Labels that may be among the best of a block of points, with bounds on their scores."""

import numpy as np

from labelsphere.arrays import AnyArray, FloatArray, IntArray
from labelsphere.space.nearest import kernels
from labelsphere.space.nearest.problem import Labels, Points


class Candidates:
    """Memory for the labels kept, used for one block of points after the other.

    Args:
        labels: The labels.
        points: Most points in a block.
        count: How many labels are wanted.
        room: How many can be kept of a point.
    """

    def __init__(self, labels: Labels, points: int, count: int, room: int) -> None:
        self._labels = labels
        self._count = count
        self._numbers = np.empty((points, room), np.int32)
        self._lows, self._highs = np.empty((2, points, room), np.float32)
        self._scores = np.empty((points, room), np.float64)
        self._due = np.empty((points, room), np.bool_)
        self._enough = np.empty(points, np.float32)
        self.sizes: IntArray = np.empty(points, np.int64)
        """How many are kept of each point; −1 where there was no room."""

    def begin(self) -> None:
        """Forget the last block."""
        self.sizes[:] = 0
        self._enough[:] = -np.inf

    def collect(
        self,
        part: slice,
        tile: AnyArray,
        first: int,
        errors: tuple[FloatArray, FloatArray],
        relative: float,
    ) -> None:
        """Keep labels of a tile of products, for some of the points.

        Args:
            part: Which points.
            tile: Their products with some labels.
            first: Number of the first of these.
            errors: See `error_weights`.
            relative: See `Products`.
        """
        norms, weights = errors
        low, high = self._labels.bias_bounds
        kernels.collect(
            tile[part],
            first,
            norms[part],
            weights,
            low,
            high,
            np.float32(relative),
            self._count,
            self._numbers[part],
            self._lows[part],
            self._highs[part],
            self.sizes[part],
            self._enough[part],
        )

    def settle(self, part: slice, points: Points, best: IntArray, values: FloatArray) -> None:
        """Score and rank what was kept of some of the points.

        Args:
            part: Which points.
            points: All points of the block.
            best: (points, count), to fill.
            values: (points, count), to fill with scores.
        """
        kernels.settle(
            points.given[part],
            points.factors[part],
            self._labels.vectors,
            self._labels.bias,
            self._numbers[part],
            self._lows[part],
            self._highs[part],
            self.sizes[part],
            self._enough[part],
            self._scores[part],
            self._due[part],
            best[part],
            values[part],
        )
