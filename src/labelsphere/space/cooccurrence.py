"""Counting how often labels occur, alone and together (§3.1)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.annotations.split_names import marks, recognised_split, split_values
from labelsphere.arrays import SparseRows
from labelsphere.errors import UsageError
from labelsphere.space.counts import Counts
from labelsphere.space.fixed_point import STEP
from labelsphere.space.pair_counter import PairCounter

if TYPE_CHECKING:
    from labelsphere.annotations import AnnotationStream


@dataclass(frozen=True)
class StreamCounts:
    """Counts of a stream.

    Attributes:
        counts: The counts.
        images_read: Number of images read, those that were not counted included.
        split: Column whose ``train`` rows were counted; None where all rows were.
        has_split: Whether the tables have a column ``split``.
    """

    counts: Counts
    images_read: int
    split: str | None
    has_split: bool


def count_cooccurrence(
    tags: Annotations | SparseRows,
    vocabulary: Vocabulary | Sequence[str] | None = None,
    *,
    weighted: bool = False,
) -> Counts:
    """Count labels and pairs of labels over images: Yᵀ·Y for the binary Y.

    Args:
        tags: Annotations, or CSR images × labels. Values are confidences.
        vocabulary: The labels of a CSR; annotations bring their own.
        weighted: False: an image with a tag counts 1, whatever its confidence. True: it counts
            its confidence, and a pair the smaller of its two, so that a label with itself
            counts its own confidence and no pair counts more than either label. Confidences are
            rounded to multiples of 2⁻²⁰, at least one of them, so that sums are exact.

    Returns:
        The counts.

    Raises:
        UsageError: If the vocabulary is missing, given twice, or of another size.
        DataError: If a value of the CSR is negative or not finite, or above 1 where weighted.
    """
    if isinstance(tags, Annotations):
        if vocabulary is not None:
            raise UsageError("annotations have a vocabulary of their own; give none beside them")
        vocabulary, matrix = tags.vocabulary, tags.matrix
    elif vocabulary is None:
        raise UsageError("a sparse matrix does not name its labels; give a vocabulary with it")
    else:
        vocabulary = vocabulary if isinstance(vocabulary, Vocabulary) else Vocabulary(vocabulary)
        matrix = tags
    if matrix.shape[1] != len(vocabulary):
        raise UsageError(
            f"tags have {matrix.shape[1]} columns, the vocabulary {len(vocabulary)} labels; "
            "expected one column a label"
        )
    counter = PairCounter(len(vocabulary), weighted=weighted)
    counter.add(matrix)
    return _counts_of(counter, vocabulary)


def count_stream(
    stream: "AnnotationStream",
    *,
    weighted: bool = False,
    split: str | None = None,
    on_bytes: Callable[[int], None] | None = None,
) -> StreamCounts:
    """Count a stream of annotations, in memory that does not grow with the images.

    Args:
        stream: From `stream_annotations`, whose ``columns`` name the split.
        weighted: As in `count_cooccurrence`.
        split: Column whose training rows are counted. If None: the column that is recognised as
            the split, where the stream has one and some row of it is for training; else all rows.
        on_bytes: Called with the bytes of the tables read so far.

    Returns:
        The counts, equal to those of the whole table to the last bit.

    Raises:
        UsageError: If there is no such column, or no row of it is for training.
        DataError: If the tables cannot be used.
    """
    vocabulary = stream.find_vocabulary()
    counter = PairCounter(len(vocabulary), weighted=weighted)
    column = split
    images, seen, there = 0, list[str](), False
    for chunk in stream.chunks(on_bytes):
        images += chunk.n_images
        matrix = chunk.matrix
        column = split or recognised_split(chunk.columns.columns)
        if column is not None:
            there = True
            values = chunk.column(column).cast(pl.String)
            matrix = matrix[np.flatnonzero(marks(values, "train").to_numpy())]
            seen += [value for value in values.unique().to_list() if value not in seen][:6]
        counter.add(matrix)
    if there and not counter.n_images:
        if split is not None:
            values_there = ", ".join(repr(value) for value in seen[:6])
            raise UsageError(
                f"column {split!r} marks no train images; expected one of "
                f"{', '.join(split_values(split, 'train'))}, but its values are: {values_there}"
            )
        column = None
        counter = PairCounter(len(vocabulary), weighted=weighted)
        for chunk in stream.chunks(on_bytes):
            counter.add(chunk.matrix)
    return StreamCounts(_counts_of(counter, vocabulary), images, column, has_split=there)


def _counts_of(counter: PairCounter, vocabulary: Vocabulary) -> Counts:
    step = STEP if counter.weighted else 1.0
    images = float(counter.n_images)
    return Counts.trusted(vocabulary, counter.joint(), images, counter.weighted, step)
