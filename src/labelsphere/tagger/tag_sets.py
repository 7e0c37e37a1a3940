"""The tag sets that people made: which tags go together on one image, and how often."""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from labelsphere.annotations import Annotations
from labelsphere.arrays import IntArray, SparseRows
from labelsphere.space.presence import presence_rows

MOST_SETS = 1 << 16
"""Distinct tag sets that are kept."""


@dataclass(frozen=True)
class TagSets:
    """Distinct tag sets of annotated images.

    Attributes:
        members: CSR with ones, sets × labels, float32.
        counts: How many images have each set, int64, (sets,).
    """

    members: SparseRows
    counts: IntArray

    @classmethod
    def of(cls, tags: Annotations, most: int = MOST_SETS) -> "TagSets":
        """The tag sets of annotations, the most frequent ones where there are too many.

        Of equally frequent sets those are kept that a fixed random order puts first. Images
        without tags have no set.

        Args:
            tags: The annotations; confidences do not matter.
            most: How many sets to keep.
        """
        return cls.from_rows(presence_rows(tags.matrix), most=most)

    @classmethod
    def from_rows(
        cls, rows: SparseRows, counts: IntArray | None = None, *, most: int = MOST_SETS
    ) -> "TagSets":
        """The distinct rows of a matrix.

        Args:
            rows: CSR of ones, without duplicate entries; empty rows are left out.
            counts: How often each row occurs; once if None.
            most: How many sets to keep.
        """
        filled = np.flatnonzero(np.diff(rows.indptr))
        rows = rows[filled].astype(np.float32)
        times = np.ones(len(filled), np.int64) if counts is None else counts[filled]
        if not len(filled):
            return cls(rows, times)
        # Sums of 128 random bits for each label: equal sums are equal sets.
        random = np.random.default_rng(0)
        bits = random.integers(0, 1 << 63, (rows.shape[1], 2), np.uint64, endpoint=True)
        sums = np.add.reduceat(bits[rows.indices], rows.indptr[:-1], axis=0)
        _, first, number = np.unique(sums, axis=0, return_index=True, return_inverse=True)
        total = np.bincount(number.reshape(-1), weights=times).astype(np.int64)
        order = np.lexsort((random.random(len(first)), -total))[:most]
        kept = order[np.argsort(first[order])]
        return cls(rows[first[kept]], total[kept])

    def renumbered(self, numbers: IntArray, n_labels: int) -> "TagSets":
        """The sets over other labels.

        Args:
            numbers: New number of each label, int64, (labels,); −1 for one that is gone. Labels
                with one number are merged.
            n_labels: Number of new labels.
        """
        kept = numbers[self.members.indices] >= 0
        sets = np.repeat(np.arange(len(self.counts)), np.diff(self.members.indptr))[kept]
        labels = numbers[self.members.indices][kept]
        rows = csr_array(
            (np.ones(len(labels), np.float32), (sets, labels)), shape=(len(self.counts), n_labels)
        )
        rows.data[:] = 1  # Merged labels were added up.
        return TagSets.from_rows(rows, self.counts)
