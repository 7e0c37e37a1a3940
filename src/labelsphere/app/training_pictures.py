"""Training pictures, shown beside similar pictures."""

import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from labelsphere.annotations import Annotations, split_rows
from labelsphere.app.served import SimilarImage
from labelsphere.app.thumbnails import thumbnail
from labelsphere.arrays import FloatArray, IntArray
from labelsphere.errors import DataError, UsageError
from labelsphere.linalg import top_k, with_unit_rows
from labelsphere.space import LabelSpace

_SPLIT = "split"
_SIDE = 256


class TrainingPictures:
    """Pictures of a table or folder, each with the embedding of its tags.

    A tagger stores no pictures, so they are read from the source when they are shown. If the table
    has a column ``split``, only its training pictures are shown. Links out of a folder are not
    followed.

    Args:
        source: Table or folder of tagged pictures.
        max_pixels: Largest picture to decode, in pixels.

    Raises:
        DataError: If the table has no pictures, or cannot be read.
    """

    def __init__(self, source: Path, *, max_pixels: int) -> None:
        tags = Annotations.read(source)
        if tags.pictures is None or not tags.n_images:
            why = tags.report.no_pictures
            raise DataError(
                f"{source} has no pictures{why and f' ({why})'}; expected a table or folder of "
                "pictures"
            )
        if _SPLIT in tags.columns.columns:
            rows = split_rows(tags, _SPLIT, "train", needed=False)
            tags = tags.select(rows) if len(rows) else tags
        if source.is_dir():
            tags = tags.select(_inside(source.resolve(), tags.image_ids))
        assert tags.pictures is not None
        self._tags, self._pictures = tags, tags.pictures
        self._max_pixels = max_pixels
        self._lock = threading.Lock()
        self._embedded: tuple[LabelSpace, IntArray, FloatArray] | None = None

    def nearest(
        self, points: FloatArray, space: LabelSpace, count: int
    ) -> list[list[SimilarImage]]:
        """Find the pictures whose tags are nearest to points.

        Args:
            points: Unit vectors, (points, k) float32.
            space: The label space, of k dimensions.
            count: Number of pictures per point.

        Returns:
            One list of pictures per point, nearest first.
        """
        rows, embeddings = self._embedded_rows(space)
        if not len(rows):
            return [[] for _ in points]
        places, proximities = top_k(points, embeddings, min(count, len(rows)))
        numbers = rows[places]
        return [
            [
                SimilarImage(float(proximity), tuple(self._tags.tags_of(number)), number)
                for number, proximity in zip(row, values, strict=True)
            ]
            for row, values in zip(numbers.tolist(), proximities.tolist(), strict=True)
        ]

    def picture(self, number: int) -> bytes:
        """Return a picture as a JPEG of at most 256 pixels per side.

        Raises:
            UsageError: If there is no such picture.
            DataError: If it cannot be read.
        """
        if not 0 <= number < len(self._pictures):
            raise UsageError(
                f"there is no picture {number}; expected 0 to {len(self._pictures) - 1}"
            )
        return thumbnail(self._pictures.read(number), _SIDE, max_pixels=self._max_pixels)

    def _embedded_rows(self, space: LabelSpace) -> tuple[IntArray, FloatArray]:
        """Return pictures with known tags, and the normalised sums of their tags' embeddings."""
        with self._lock:
            if self._embedded is None or self._embedded[0] is not space:
                vectors = np.zeros((self._tags.n_labels, space.dim), np.float32)
                for number, name in enumerate(self._tags.vocabulary):
                    row = space.vocabulary.get(name)
                    if row is not None:
                        vectors[number] = space.vectors[row]
                sums = with_unit_rows((self._tags.matrix @ vectors).astype(np.float32))
                rows = np.flatnonzero(sums.any(axis=1))
                self._embedded = space, rows, sums[rows]
            return self._embedded[1:]


def _inside(root: Path, names: Sequence[str]) -> IntArray:
    """Return the numbers of the names that stay in a folder after following links, int64."""
    kept = [n for n, name in enumerate(names) if (root / name).resolve().is_relative_to(root)]
    return np.array(kept, np.int64)
