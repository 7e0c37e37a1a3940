"""Collection of tags image by image, for readers of annotation tools."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from labelsphere.annotations.readers.raw import RawTable


@dataclass
class MarkedTags:
    """Images and their tags, in the order of reading.

    Attributes:
        images: Name of each image.
        paths: Path of each image's picture.
        splits: Split of each image, or None.
    """

    images: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    splits: list[str | None] = field(default_factory=list)
    _found: dict[tuple[int, str], float | None] = field(default_factory=dict)

    def add(
        self,
        image: str,
        tags: Sequence[tuple[str, float | None]],
        *,
        path: str | None = None,
        split: str | None = None,
    ) -> None:
        """Add an image.

        Args:
            image: Name of the image.
            tags: Tags and their confidences: None for none, 0 for a known absence. A repeated tag
                gets the highest confidence.
            path: Path of its picture; the name if None.
            split: Split of the image.
        """
        row = len(self.images)
        self.images.append(image)
        self.paths.append(image if path is None else path)
        self.splits.append(split)
        for tag, confidence in tags:
            name = tag.strip()
            before = self._found.get((row, name), -1.0)
            # No confidence counts as confidence 1.
            value = 1.0 if confidence is None else confidence
            if name and value > (1.0 if before is None else before):
                self._found[row, name] = confidence

    def table(self, notes: Sequence[str] = ()) -> RawTable:
        """Build the table."""
        rows = [row for row, _ in self._found]
        confidences = list(self._found.values())
        tags = pl.DataFrame(
            {
                "row": pl.Series(rows, dtype=pl.Int64),
                "tag": pl.Series([tag for _, tag in self._found], dtype=pl.String),
            }
        )
        if any(confidence is not None for confidence in confidences):
            tags = tags.with_columns(confidence=pl.Series(confidences, dtype=pl.Float64))
        splits = pl.Series("split", self.splits, dtype=pl.String)
        named = splits.null_count() < len(splits)
        return RawTable(
            image_ids=pl.Series(self.images, dtype=pl.String),
            tags=tags,
            rows=len(self.images),
            columns=splits.to_frame() if named else pl.DataFrame(),
            paths=pl.Series(self.paths, dtype=pl.String),
            notes=tuple(notes),
        )
