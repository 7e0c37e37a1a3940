"""Interface of the served model: a tagger, or a model exported from one."""

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
    """State of the served tagger.

    Attributes:
        etag: Hash of weights, labels and thresholds, in quotes, for the HTTP header.
        vocabulary: The labels.
        counts: Number of training images of each label, int64, (labels,); 0 if unknown.
        training_images: Number of training images; 0 if unknown.
        space: The label space, or None.
        backbone: Name of the backbone.
        objective: Name of the objective.
        calibrated: Whether tags have probabilities.
        changeable: Whether labels can be added and changed.
        has_order: Whether tags can be ordered by how specific they are to a picture.
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
        """Convert a tagger's tag, and determine its level."""
        if tag.probability is None:
            return cls(tag.label, tag.score, None, "suggest")
        level = "accept" if tag.accepted else "suggest" if tag.suggested else "none"
        return cls(tag.label, tag.score, tag.probability, level)


@dataclass(frozen=True)
class PictureTags:
    """Tags that the tagger gives to a picture.

    Attributes:
        tags: Tags, best first.
        etag: Version of the tagger that gave them.
    """

    tags: tuple[TagScore, ...]
    etag: str


@dataclass(frozen=True)
class TagRequest:
    """A decoded picture, and the wanted order of its tags.

    Attributes:
        square: The picture.
        specific: Order of the tags, from 0, most likely first, to 1, most specific first.
        top: Largest number of tags.
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
        number: Its number among the shown pictures, or None if they are not shown.
    """

    proximity: float
    labels: tuple[str, ...]
    number: int | None = None


class Served(ABC):
    """A tagger or model behind the server. The base class only tags.

    Args:
        size: Side of the square that the network takes, in pixels.
        fit: How a picture is made square, see `labelsphere.tagger.inputs.decoding.FITS`.
    """

    def __init__(self, size: int, fit: str) -> None:
        self._size, self._fit = size, fit

    @property
    @abstractmethod
    def version(self) -> Version:
        """Return the current state."""

    @abstractmethod
    def tag(self, wanted: Sequence[TagRequest]) -> list[PictureTags]:
        """Tag decoded pictures."""

    @property
    def space(self) -> LabelSpace:
        """Return the label space.

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
            DataError: If the bytes are not a picture.
        """
        return decode_picture(data, self._size, self._fit)

    def points(self, squares: Sequence[Square]) -> np.ndarray:  # noqa: ARG002 - for subclasses
        """Compute unit vectors of pictures in the label space, (pictures, k) float32.

        Raises:
            UsageError: If there is no label space.
        """
        self._refuse("pictures have no points in it")

    def similar(self, squares: Sequence[Square], count: int = 5) -> list[list[SimilarImage]]:  # noqa: ARG002 - for subclasses
        """Find the training images whose tags are nearest to decoded pictures.

        Args:
            squares: The pictures.
            count: Number of images per picture.

        Returns:
            One list of images per picture, nearest first; empty if no tag sets are kept.

        Raises:
            UsageError: If there is no label space.
        """
        self._refuse("no training images are near a picture")

    def rank_with(self, space: LabelSpace, label: str, squares: Sequence[Square]) -> list[int]:  # noqa: ARG002 - for subclasses
        """Compute the rank that a label of another space would have on each picture, from 1.

        Raises:
            UsageError: If labels cannot be added.
        """
        self._refuse("labels cannot be added")

    def change_space(self, change: Callable[[LabelSpace], LabelSpace]) -> Version:  # noqa: ARG002 - for subclasses
        """Change the label space, save the tagger, and serve it from then on.

        Args:
            change: Function from the space to another of the same dimensions.

        Returns:
            The new version, after the write to disk.

        Raises:
            UsageError: If labels cannot be changed, or ``change`` fails.
        """
        self._refuse("its labels cannot be changed")

    @abstractmethod
    def _refuse(self, why: str) -> NoReturn:
        """Raise the error about a missing label space.

        Raises:
            UsageError: Always.
        """
        raise UsageError(why)
