"""Label statistics used in training and decoding: counts, embeddings, tag sets."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.arrays import BoolArray, FloatArray, IntArray
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger.tag_sets import TagSets


@dataclass(frozen=True)
class LabelContext:
    """The labels of a tagger.

    Attributes:
        vocabulary: The labels, in the order of the scores.
        counts: Training images of each label, int64, (labels,).
        n_images: Number of training images.
        space: The labels' embeddings, or None.
        tag_sets: Which labels occur together, for decoders that use whole tag sets. None where
            there is no label space to embed them in.
        trained_as: Number that each label had when the network was trained, int64, (labels,); −1
            for labels added since. None where the labels are those of the training.
        n_trained: Number of labels when the network was trained; None if they are the same.
    """

    vocabulary: Vocabulary
    counts: IntArray
    n_images: int
    space: LabelSpace | None = None
    tag_sets: TagSets | None = None
    trained_as: IntArray | None = None
    n_trained: int | None = None

    @classmethod
    def of(cls, tags: Annotations, space: LabelSpace | None = None) -> "LabelContext":
        """The context of training annotations.

        Raises:
            UsageError: If the space is over another vocabulary.
        """
        if space is not None:
            space.check_vocabulary(tags.vocabulary)
        sets = None if space is None else TagSets.of(tags)
        return cls(tags.vocabulary, tags.label_counts(), tags.n_images, space, sets)

    @property
    def n_outputs(self) -> int:
        """Number of outputs of a classifier over the labels of the training."""
        return len(self.counts) if self.n_trained is None else self.n_trained

    @property
    def untrained(self) -> BoolArray:
        """Labels that were added after the training, (labels,)."""
        if self.trained_as is None:
            return np.zeros(len(self.counts), np.bool_)
        new: BoolArray = self.trained_as < 0
        return new

    @cached_property
    def embedded_sets(self) -> tuple[TagSets, FloatArray]:
        """Tag sets with at least one embedded label, and their embeddings; computed once.

        Returns:
            The sets, and their sums of embeddings at unit length, (sets, k) float32. The zero
            vector stands for sets whose embeddings cancel out.

        Raises:
            UsageError: If there is no label space, or no such set.
        """
        space = self.needed_space("sphere")
        sets = self.tag_sets
        if sets is not None:
            kept = np.flatnonzero(sets.members @ space.placed.astype(np.float32))
            sets = TagSets(csr_array(sets.members[kept]), sets.counts[kept])
        if sets is None or not len(sets.counts):
            raise UsageError(
                "decoder 'sphere' needs the tag sets of annotated images, and this tagger has "
                "none; train it again"
            )
        sums = (sets.members @ space.vectors).astype(np.float32)
        sums /= np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
        return sets, sums

    def with_space(self, space: LabelSpace) -> "LabelContext":
        """The context of a network that goes on with another space.

        Trained labels keep their counts, renamed ones too. Counts of merged labels are added, and
        the most frequent of them stands for the label that the network was trained on. Labels that
        are new to the network take the space's counts, scaled to the number of training images. Tag
        sets are kept over the remaining labels.
        """
        scale = self.n_images / space.record.images if space.record.images else 1.0
        names = (space.vocabulary.get(name) for name in self.vocabulary)
        numbers = np.array([-1 if number is None else number for number in names], np.int64)
        counts = np.round(space.counts * scale).astype(np.int64)
        before = np.arange(len(numbers)) if self.trained_as is None else self.trained_as
        trained_as = np.full(space.n_labels, -1, np.int64)
        summed = np.zeros(space.n_labels, np.int64)
        # By rising frequency, so that the most frequent of merged labels is the last to be set.
        for old in np.argsort(self.counts, kind="stable").tolist():
            number = numbers[old]
            if number >= 0:
                summed[number] += self.counts[old]
                if before[old] >= 0:
                    trained_as[number] = before[old]
        known = np.unique(numbers[numbers >= 0])
        counts[known] = np.minimum(summed[known], self.n_images)
        sets = self.tag_sets
        return LabelContext(
            space.vocabulary,
            counts,
            self.n_images,
            space,
            None if sets is None else sets.renumbered(numbers, space.n_labels),
            trained_as,
            self.n_outputs,
        )

    def needed_space(self, objective: str) -> LabelSpace:
        """The space, for an objective that cannot do without.

        Raises:
            UsageError: If there is none.
        """
        if self.space is None:
            raise UsageError(
                f"objective {objective!r} needs a label space; fit one with LabelSpace.fit(tags), "
                "or on the command line with: labelsphere embed"
            )
        return self.space
