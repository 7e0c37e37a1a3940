"""Scores: what a method says of every image and label, handed out block by block."""

from collections.abc import Callable, Iterator
from typing import Protocol, TypeAlias, runtime_checkable

import numpy as np

from labelsphere.arrays import AnyArray, FloatArray, IntArray
from labelsphere.errors import UsageError

BLOCK_CELLS = 2**21
"""Cells of a block of scores: small enough for a few tens of MiB with its working copies."""

Progress: TypeAlias = Callable[[int, int], None]
"""Called with the units of work done so far and in all."""


class Scores(Protocol):
    """Scores of images × labels that are computed when asked for and never held whole.

    Higher is better. Rows are compared within an image, columns within a label, so the two
    must be the same numbers. Scores may be -inf, which ranks last, and +inf, but not NaN.
    """

    @property
    def shape(self) -> tuple[int, int]:
        """Number of images and of labels."""

    def rows(self, start: int, stop: int) -> FloatArray:
        """Scores of some images over all labels, (stop - start, labels) float32."""

    def columns(self, start: int, stop: int) -> FloatArray:
        """Scores of all images for some labels, (images, stop - start) float32."""


@runtime_checkable
class SelfRanking(Scores, Protocol):
    """Scores that know a faster way to rank their labels than by handing them out."""

    def ranked(
        self, start: int, stop: int, depth: int, images: IntArray, labels: AnyArray
    ) -> tuple[IntArray, IntArray]:
        """The best labels of some images, and the ranks of some others, as `Ranking` has them.

        Args:
            start: First image.
            stop: Image after the last.
            depth: How many of the best labels.
            images: (pairs,) images less ``start``, ascending.
            labels: (pairs,) a label of each.

        Returns:
            (stop - start, depth) int64 label numbers, best first; and (pairs,) int64 ranks from 1.
        """


class DenseScores:
    """Scores from an array that is there already; for small data and tests.

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
        """Scores of some images over all labels, (stop - start, labels) float32."""
        return self.values[start:stop]

    def columns(self, start: int, stop: int) -> FloatArray:
        """Scores of all images for some labels, (images, stop - start) float32."""
        return self.values[:, start:stop]


class ReportingScores:
    """Scores that report how far a pass over all rows, and one over all columns, have come.

    Args:
        scores: Where the scores come from.
        progress: Called after each block with rows and columns handed out and their number.
    """

    def __init__(self, scores: Scores, progress: Progress) -> None:
        self.scores = scores
        self.progress = progress

    @property
    def shape(self) -> tuple[int, int]:
        """Number of images and of labels."""
        return self.scores.shape

    def rows(self, start: int, stop: int) -> FloatArray:
        """Scores of some images over all labels, (stop - start, labels) float32."""
        block = self.scores.rows(start, stop)
        self.progress(stop, sum(self.shape))
        return block

    def columns(self, start: int, stop: int) -> FloatArray:
        """Scores of all images for some labels, (images, stop - start) float32."""
        block = self.scores.columns(start, stop)
        self.progress(self.shape[0] + stop, sum(self.shape))
        return block


def blocks(length: int, width: int) -> Iterator[tuple[int, int]]:
    """Borders of blocks of rows, ``width`` cells each, that hold about `BLOCK_CELLS` cells."""
    step = max(1, BLOCK_CELLS // max(1, width))
    for start in range(0, length, step):
        yield start, min(start + step, length)
