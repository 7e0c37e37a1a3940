"""Scores of images × labels, computed in blocks."""

from collections.abc import Callable, Iterator
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np

from labelsphere.arrays import AnyArray, FloatArray, IntArray
from labelsphere.errors import UsageError

BLOCK_CELLS = 2**21
"""Cells per block of scores, which takes a few tens of MiB with working copies."""

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the number of finished units of work, and of all."""


class Scores(Protocol):
    """Scores of images × labels that are computed on demand and never stored at once.

    Higher is better. Rows are compared within an image and columns within a label, so both must
    return the same numbers. Scores may be -inf, which ranks last, and +inf, but not NaN.
    """

    @property
    def shape(self) -> tuple[int, int]:
        """Number of images and of labels."""

    def rows(self, start: int, stop: int) -> FloatArray:
        """Return scores of some images for all labels, (stop - start, labels) float32."""

    def columns(self, start: int, stop: int) -> FloatArray:
        """Return scores of all images for some labels, (images, stop - start) float32."""


@runtime_checkable
class SelfRanking(Scores, Protocol):
    """Scores with a faster way to rank their labels than returning them."""

    def ranked(
        self, start: int, stop: int, depth: int, images: IntArray, labels: AnyArray
    ) -> tuple[IntArray, IntArray]:
        """Find the best labels of images, and the ranks of other labels, as in `Ranking`.

        Args:
            start: First image.
            stop: Image after the last.
            depth: Number of best labels.
            images: (pairs,) images less ``start``, ascending.
            labels: (pairs,) label of each pair.

        Returns:
            (stop - start, depth) int64 label numbers, best first; and (pairs,) int64 ranks from 1.
        """


class DenseScores:
    """Scores in an array, for small data and tests.

    Args:
        values: Images × labels, kept as float32, in which scores are compared.

    Raises:
        UsageError: If ``values`` does not have two dimensions.

    Examples:
        >>> scores = DenseScores([[0.1, 0.9], [0.8, 0.2]])
        >>> scores.shape, scores.columns(1, 2).shape
        ((2, 2), (2, 1))
    """

    def __init__(self, values: AnyArray | list[list[float]]) -> None:
        self.values: FloatArray = np.asarray(values, np.float32)
        if self.values.ndim != 2:
            raise UsageError(
                f"scores must be images × labels, but got an array of shape {self.values.shape}"
            )

    @property
    def shape(self) -> tuple[int, int]:
        """Number of images and of labels."""
        return self.values.shape[0], self.values.shape[1]

    def rows(self, start: int, stop: int) -> FloatArray:
        """Return scores of some images for all labels, (stop - start, labels) float32."""
        return self.values[start:stop]

    def columns(self, start: int, stop: int) -> FloatArray:
        """Return scores of all images for some labels, (images, stop - start) float32."""
        return self.values[:, start:stop]


class ReportingScores:
    """Scores that report the progress of a pass over all rows and one over all columns.

    Args:
        scores: The scores.
        progress: Called after each block with the number of finished rows and columns, and of all.
    """

    def __init__(self, scores: Scores, progress: Progress) -> None:
        self.scores = scores
        self.progress = progress

    @property
    def shape(self) -> tuple[int, int]:
        """Number of images and of labels."""
        return self.scores.shape

    def rows(self, start: int, stop: int) -> FloatArray:
        """Return scores of some images for all labels, (stop - start, labels) float32."""
        block = self.scores.rows(start, stop)
        self.progress(stop, sum(self.shape))
        return block

    def columns(self, start: int, stop: int) -> FloatArray:
        """Return scores of all images for some labels, (images, stop - start) float32."""
        block = self.scores.columns(start, stop)
        self.progress(self.shape[0] + stop, sum(self.shape))
        return block


def blocks(length: int, width: int) -> Iterator[tuple[int, int]]:
    """Yield start and stop of blocks of rows of ``width`` cells, about `BLOCK_CELLS` each."""
    step = max(1, BLOCK_CELLS // max(1, width))
    for start in range(0, length, step):
        yield start, min(start + step, length)
