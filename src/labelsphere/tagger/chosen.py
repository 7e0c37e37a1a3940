"""Arrays of the tags of many images, because an object per tag would be too slow."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from labelsphere.annotations import Vocabulary
from labelsphere.arrays import BoolArray, DoubleArray, FloatArray, IntArray
from labelsphere.tagger.tag import Tag


@dataclass(frozen=True)
class ChosenTags:
    """Tags of images, sorted by image, and best first within an image.

    Attributes:
        starts: (images + 1,) int64 start of each image's tags, and the end of the last.
        labels: (tags,) int64 label of each tag.
        scores: (tags,) float32 raw scores.
        probabilities: (tags,) float64; None without calibration.
        accepted: (tags,) whether a tag is accepted; None without calibration.
        suggested: (tags,) whether a tag is suggested, not accepted; None without calibration.
    """

    starts: IntArray
    labels: IntArray
    scores: FloatArray
    probabilities: DoubleArray | None = None
    accepted: BoolArray | None = None
    suggested: BoolArray | None = None

    @classmethod
    def joined(cls, groups: Sequence["ChosenTags"]) -> "ChosenTags":
        """Concatenate the tags of several groups of images.

        Args:
            groups: The groups, one or more, all with or all without calibration.
        """
        if len(groups) == 1:
            return groups[0]
        counts = np.concatenate([np.diff(part.starts) for part in groups])
        columns = [
            None if any(column is None for column in found) else np.concatenate(found)
            for found in zip(*(part._columns() for part in groups), strict=True)
        ]
        return cls(starts_of(counts), *columns)  # type: ignore[arg-type]

    def tags(self, vocabulary: Vocabulary) -> list[list[Tag]]:
        """Convert to objects, one list per image."""
        names = list(vocabulary)
        columns = [self.labels.tolist(), self.scores.tolist()]
        if self.probabilities is not None:
            assert self.accepted is not None
            assert self.suggested is not None
            columns += [
                self.probabilities.tolist(),
                self.accepted.tolist(),
                self.suggested.tolist(),
            ]
        made = [Tag(names[label], *values) for label, *values in zip(*columns, strict=True)]
        ends = self.starts.tolist()
        return [made[start:stop] for start, stop in pairwise(ends)]

    def _columns(self) -> tuple[object, ...]:
        return self.labels, self.scores, self.probabilities, self.accepted, self.suggested


def starts_of(counts: IntArray) -> IntArray:
    """Compute the starts of runs of these lengths and the end, (runs + 1,) int64."""
    return np.concatenate(([0], np.cumsum(counts, dtype=np.int64)))
