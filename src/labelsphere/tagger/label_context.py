"""What is known of the labels when a network is trained: counts, places, sets of them."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_array

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.arrays import FloatArray, IntArray, SparseRows
from labelsphere.errors import UsageError
from labelsphere.linalg.presence import presence_rows
from labelsphere.space import LabelSpace

_MOST_SETS = 1 << 16
"""Tag sets that are kept: of more images, as many drawn at random."""


@dataclass(frozen=True)
class LabelContext:
    """The labels of a tagger.

    Attributes:
        vocabulary: The labels, in the order of the scores.
        counts: Training images of each label, int64, (labels,).
        n_images: Number of training images.
        space: Where the labels are on the sphere, or None.
        tag_sets: Which images have which labels, images × labels with ones, for decoders that read
            whole tag sets: those counted that have a label, 65,536 at most. None where there is no
            space to find them in, or the labels have changed since.
    """

    vocabulary: Vocabulary
    counts: IntArray
    n_images: int
    space: LabelSpace | None = None
    tag_sets: SparseRows | None = None

    @classmethod
    def of(cls, tags: Annotations, space: LabelSpace | None = None) -> "LabelContext":
        """The context of training annotations.

        Raises:
            UsageError: If the space is over another vocabulary.
        """
        if space is not None:
            space.check_vocabulary(tags.vocabulary)
        sets = None if space is None else _some_tag_sets(tags)
        return cls(tags.vocabulary, tags.label_counts(), tags.n_images, space, sets)

    @cached_property
    def placed_sets(self) -> tuple[SparseRows, FloatArray]:
        """Tag sets of which at least one tag has a place, and where they are; computed once.

        Returns:
            CSR, sets × labels, and unit vectors, (sets, k) float32.

        Raises:
            UsageError: If there is no label space, or no such set.
        """
        space = self.needed_space("tag_sets")
        sets = csr_array((0, len(self.counts))) if self.tag_sets is None else self.tag_sets
        members: SparseRows = sets[np.flatnonzero(sets @ space.placed.astype(np.float32))]
        if not members.shape[0]:
            raise UsageError(
                "decoder 'tag_sets' needs the tag sets of annotated images, and this tagger has "
                "none: it has another label space now, or is of an older version; train it anew"
            )
        places = (members @ space.vectors).astype(np.float32)
        # A set of opposite tags has no direction, and says nothing.
        places /= np.maximum(np.linalg.norm(places, axis=1, keepdims=True), 1e-12)
        return members, places

    def with_space(self, space: LabelSpace) -> "LabelContext":
        """The context of a network that goes on with another space.

        Labels that were trained keep their counts, under another name too; of those that are one
        now the counts are added up. Labels that are new to the network bring the space's, brought
        to the number of training images.
        """
        images = space.config.get("images")
        scale = self.n_images / images if isinstance(images, int | float) and images > 0 else 1.0
        trained: dict[int, int] = {}
        for name, count in zip(self.vocabulary, self.counts.tolist(), strict=True):
            number = space.vocabulary.get(name)
            if number is not None:
                trained[number] = min(trained.get(number, 0) + count, self.n_images)
        counts = [
            trained.get(number, round(count * scale))
            for number, count in enumerate(space.counts.tolist())
        ]
        return LabelContext(space.vocabulary, np.array(counts, np.int64), self.n_images, space)

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


def _some_tag_sets(tags: Annotations) -> SparseRows:
    """Tag sets of images that have tags, float32; always the same ones."""
    tagged = np.flatnonzero(np.diff(tags.matrix.indptr))
    if len(tagged) > _MOST_SETS:
        tagged = np.sort(np.random.default_rng(0).choice(tagged, _MOST_SETS, replace=False))
    sets: SparseRows = presence_rows(tags.matrix[tagged]).astype(np.float32)
    return sets
