"""Contents of a label space: labels, vectors, counts and the record of the fit."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from labelsphere.annotations import Vocabulary
from labelsphere.arrays import BoolArray, FloatArray, IntArray
from labelsphere.errors import DataError, UsageError
from labelsphere.linalg import with_unit_rows
from labelsphere.space.alignment import unknown_label
from labelsphere.space.fit_record import FitRecord


@dataclass(frozen=True, eq=False)
class SpaceParts:
    """The data of a label space, without its verbs; `LabelSpace` adds these.

    Attributes:
        vocabulary: The labels; a label's number is its row in ``vectors``.
        vectors: (labels, dim) float32, not normalised: the norm carries self-information and so
            sets how a label weighs in a sum. A label that could not be placed has a zero row.
        counts: (labels,) int64, number of images of each label when the space was fitted,
            rounded where confidences were counted.
        record: How the space was made.

    Raises:
        DataError: If the arrays differ in length, or a vector is not finite.
    """

    vocabulary: Vocabulary
    vectors: FloatArray
    counts: IntArray
    record: FitRecord = field(default_factory=FitRecord)

    def __post_init__(self) -> None:
        """Check that the arrays fit together."""
        size = len(self.vocabulary)
        if self.vectors.ndim != 2 or len(self.vectors) != size:
            raise DataError(f"vectors must be ({size}, dim), but got shape {self.vectors.shape}")
        if not np.isfinite(self.vectors).all():
            raise DataError("vectors must be finite, but got NaN or infinite coordinates")
        if self.counts.shape != (size,):
            raise DataError(f"counts must be ({size},), but got shape {self.counts.shape}")

    @property
    def dim(self) -> int:
        """Number of dimensions k."""
        return int(self.vectors.shape[1])

    @property
    def n_labels(self) -> int:
        """Number of labels, those without an embedding included."""
        return len(self.vocabulary)

    @cached_property
    def placed(self) -> BoolArray:
        """(labels,) bool: the labels with a non-zero vector."""
        return np.asarray(np.any(self.vectors != 0, axis=1), np.bool_)

    @cached_property
    def fitted(self) -> BoolArray:
        """(labels,) bool: the labels that were there when the space was fitted."""
        later = set(self.record.placed_later)
        return np.array([name not in later for name in self.vocabulary], np.bool_)

    @cached_property
    def unit_vectors(self) -> FloatArray:
        """(labels, dim) float32, rows of unit norm; zero rows stay zero."""
        return with_unit_rows(self.vectors)

    def row(self, label: str) -> int:
        """Return the row of a label that has an embedding.

        Raises:
            UsageError: If the label is unknown, or has no embedding.
        """
        number = self.vocabulary.get(label)
        if number is None:
            raise unknown_label(label, self.vocabulary)
        if not self.placed[number]:
            raise UsageError(
                f"label {label!r} has no embedding in the space: it went with no other label, or "
                "too little of it is left after the cut to dim"
            )
        return number
