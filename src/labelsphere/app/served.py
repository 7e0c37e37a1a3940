"""Interface of what is served: a tagger, or a model exported from one."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NoReturn

import numpy as np

from labelsphere.annotations import Vocabulary
from labelsphere.app.squares import Square
from labelsphere.arrays import IntArray
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger.inputs.decoding import decode_picture
from labelsphere.tagger.tag import Tag


@dataclass(frozen=True)
class Version:
    """State of the served tagger at one moment.

    Attributes:
        etag: Digest of weights, labels and thresholds, in quotes, as HTTP has it.
        vocabulary: The labels.
        counts: Training images of each label, int64, (labels,); 0 where that is not known.
        training_images: Number of training images; 0 where that is not known.
        space: The label space, or None.
        backbone: Name of the backbone.
        objective: Name of the objective.
        calibrated: Whether tags have probabilities.
        changeable: Whether labels can be taught and changed.
        has_order: Whether tags can be ordered by how far they tell a picture apart.
    """

    etag: str
    vocabulary: Vocabulary
    counts: IntArray
    training_images: int
    space: LabelSpace | None
    backbone: str
    objective: str
    calibrated: bool
    changeable: bool
    has_order: bool


@dataclass(frozen=True)
class TagScore:
    """A tag of a picture.

    Attributes:
        label: The label.
        score: The decoder's score, comparable within one picture.
        probability: Calibrated probability, or None if the tagger is not calibrated.
        level: ``"accept"``, ``"suggest"`` or ``"none"``, by the label's thresholds; ``"suggest"``
            for all tags of a tagger that is not calibrated.
    """

    label: str
    score: float
    probability: float | None
    level: str

    @classmethod
    def of(cls, tag: Tag) -> "TagScore":
        """A tagger's tag with its level."""
        if tag.probability is None:
            return cls(tag.label, tag.score, None, "suggest")
        level = "accept" if tag.accepted else "suggest" if tag.suggested else "none"
        return cls(tag.label, tag.score, tag.probability, level)


@dataclass(frozen=True)
class PictureTags:
    """Tags that the tagger gives to a picture.

    Attributes:
        tags: Tags, best first.
        etag: Version that they are from.
    """

    tags: tuple[TagScore, ...]
    etag: str


@dataclass(frozen=True)
class Wanted:
    """A decoded picture, and how its tags are to be ordered.

    Attributes:
        square: The picture.
        specific: From 0, the likeliest tag first, to 1, the tag first that tells the picture
            apart most.
        top: Most tags.
    """

    square: Square = field(repr=False)
    specific: float = 0.0
    top: int = 100


@dataclass(frozen=True)
class SimilarImage:
    """A training image near a picture.

    Attributes:
        proximity: Cosine of the picture's point and the image's tag set.
        labels: The image's tags.
        number: Its number among the pictures that are shown, or None where they are not.
    """

    proximity: float
    labels: tuple[str, ...]
    number: int | None = None


class Served(ABC):
    """A tagger or model behind the server. By default it only tags.

    Args:
        size: Side of the square that the network takes, in pixels.
        fit: How a picture becomes a square, see `labelsphere.tagger.inputs.decoding.FITS`.
    """

    def __init__(self, size: int, fit: str) -> None:
        self._size, self._fit = size, fit

    @property
    @abstractmethod
    def version(self) -> Version:
        """The current state."""

    @abstractmethod
    def tag(self, wanted: Sequence[Wanted]) -> list[PictureTags]:
        """Tags of decoded pictures."""

    @property
    def space(self) -> LabelSpace:
        """The label space.

        Raises:
            UsageError: If there is none.
        """
        space = self.version.space
        if space is None:
            self._refuse("its labels have no neighbours")
        return space

    def prepare(self, data: bytes) -> Square:
        """Decode a picture.

        Raises:
            DataError: If the bytes are no picture.
        """
        return decode_picture(data, self._size, self._fit)

    def points(self, squares: Sequence[Square]) -> np.ndarray:  # noqa: ARG002 - for those that can
        """Unit vectors of pictures in the label space, (pictures, k) float32.

        Raises:
            UsageError: If there is no label space.
        """
        self._refuse("pictures have no points in it")

    def similar(self, squares: Sequence[Square], count: int = 5) -> list[list[SimilarImage]]:  # noqa: ARG002 - for those that can
        """Training images whose tags lie nearest to decoded pictures.

        Args:
            squares: The pictures.
            count: How many a picture.

        Returns:
            The images nearest first, a list a picture; empty where no tag sets are kept.

        Raises:
            UsageError: If there is no label space.
        """
        self._refuse("no training images are near a picture")

    def rank_with(self, space: LabelSpace, label: str, squares: Sequence[Square]) -> list[int]:  # noqa: ARG002 - for those that can
        """Ranks that a label of another space would have on decoded pictures, from 1.

        Raises:
            UsageError: If no other labels are taken.
        """
        self._refuse("it takes no other labels")

    def change_space(self, change: Callable[[LabelSpace], LabelSpace]) -> Version:  # noqa: ARG002 - for those that can
        """Change the label space, write the tagger, and answer with it from then on.

        Args:
            change: From the space to another of the same dimensions.

        Returns:
            The new version, which is on disk.

        Raises:
            UsageError: If no other labels are taken, or ``change`` refuses.
        """
        self._refuse("its labels cannot be changed")

    @abstractmethod
    def _refuse(self, why: str) -> NoReturn:
        """Report that something needs a label space.

        Raises:
            UsageError: Always.
        """
        raise UsageError(why)
