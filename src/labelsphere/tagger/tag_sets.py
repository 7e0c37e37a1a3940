"""Distinct tag sets of the annotations, with their frequencies."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from labelsphere.annotations import Annotations
from labelsphere.arrays import IntArray, SparseRows
from labelsphere.space.presence import presence_rows

MOST_SETS = 1 << 16
"""Largest number of distinct tag sets."""


@dataclass(frozen=True)
class TagSets:
    """Distinct tag sets of annotated images.

    Attributes:
        members: CSR with ones, sets × labels, float32.
        counts: Number of images with each set, int64, (sets,).
    """

    members: SparseRows
    counts: IntArray

    @classmethod
    def of(cls, tags: Annotations, most: int = MOST_SETS) -> "TagSets":
        """Collect the tag sets of annotations, or the most frequent ones if there are too many.

        Equally frequent sets are kept in a fixed random order. Images without tags have no set.

        Args:
            tags: The annotations; confidences are ignored.
            most: Largest number of sets.
        """
        return cls.from_rows(presence_rows(tags.matrix), most=most)

    @classmethod
    def from_rows(
        cls, rows: SparseRows, counts: IntArray | None = None, *, most: int = MOST_SETS
    ) -> "TagSets":
        """Collect the distinct rows of a matrix.

        Args:
            rows: CSR of ones, without duplicate entries; empty rows are left out.
            counts: Number of occurrences of each row; 1 if None.
            most: Largest number of sets.
        """
        filled = np.flatnonzero(np.diff(rows.indptr))
        rows = rows[filled].astype(np.float32)
        times = np.ones(len(filled), np.int64) if counts is None else counts[filled]
        if not len(filled):
            return cls(rows, times)
        # Hash a set by the sum of 128 random bits per label: equal sums are equal sets.
        random = np.random.default_rng(0)
        bits = random.integers(0, 1 << 63, (rows.shape[1], 2), np.uint64, endpoint=True)
        sums = np.add.reduceat(bits[rows.indices], rows.indptr[:-1], axis=0)
        _, first, number = np.unique(sums, axis=0, return_index=True, return_inverse=True)
        total = np.bincount(number.reshape(-1), weights=times).astype(np.int64)
        order = np.lexsort((random.random(len(first)), -total))[:most]
        kept = order[np.argsort(first[order])]
        return cls(rows[first[kept]], total[kept])

    def renumbered(self, numbers: IntArray, n_labels: int) -> "TagSets":
        """Convert the sets to other labels.

        Args:
            numbers: New number of each label, int64, (labels,); −1 for a removed label. Labels with
                the same number are merged.
            n_labels: Number of new labels.
        """
        kept = numbers[self.members.indices] >= 0
        sets = np.repeat(np.arange(len(self.counts)), np.diff(self.members.indptr))[kept]
        labels = numbers[self.members.indices][kept]
        rows = csr_array(
            (np.ones(len(labels), np.float32), (sets, labels)), shape=(len(self.counts), n_labels)
        )
        rows.data[:] = 1  # Entries of merged labels were summed.
        return TagSets.from_rows(rows, self.counts)
