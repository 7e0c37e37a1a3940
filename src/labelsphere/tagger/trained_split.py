"""Split made by training, stored with the tagger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file, save_file

from labelsphere.annotations import Annotations, Split, split_column
from labelsphere.arrays import BoolArray, IntArray
from labelsphere.errors import UsageError

_BYTES = 8


@dataclass(frozen=True)
class TrainedSplit:
    """Images for training, validation and testing, by hashes of their ids.

    File names are not stored, because they may be private and a tagger may be shared.

    Attributes:
        parts: Digests of the image ids of ``"train"``, ``"val"`` and ``"test"``, sorted int64. An
            id in two of them counts for the first.
    """

    parts: Mapping[str, IntArray]

    @classmethod
    def of(cls, tags: Annotations, split: Split) -> "TrainedSplit | None":
        """Store the split of a table; None if the table has a split column.

        Args:
            tags: The table.
            split: Its split.
        """
        if not split.made:
            return None
        digests = _digests(tags.image_ids)
        train = np.unique(digests[split.train])
        val = np.setdiff1d(digests[split.val], train)
        test = np.setdiff1d(digests[split.test], np.concatenate([train, val]))
        return cls({"train": train, "val": val, "test": test})

    def rows(self, tags: Annotations, part: str) -> IntArray:
        """Rows of a table that are in a part, int64, in the table's order.

        Raises:
            UsageError: If there is no such part, or no row is in it.
        """
        if part not in self.parts:
            raise UsageError(f"part must be one of {', '.join(self.parts)}, but got {part!r}")
        rows = np.flatnonzero(self._marks(tags, part)).astype(np.int64)
        if not len(rows):
            raise UsageError(
                f"the split that training made has no {part} images of this table; choose another "
                "part, or all"
            )
        return rows

    def knows(self, tags: Annotations) -> bool:
        """Return whether the table has images of the split."""
        return any(self._marks(tags, part).any() for part in self.parts)

    def save(self, path: Path) -> None:
        """Save the hashes."""
        save_file({part: np.ascontiguousarray(ids) for part, ids in self.parts.items()}, path)

    @classmethod
    def load(cls, path: Path) -> "TrainedSplit | None":
        """Load a split; None if there is no such file.

        Raises:
            SafetensorError: If the file is damaged.
            ValueError: If it has other contents.
        """
        if not path.exists():
            return None
        arrays = load_file(path)
        if set(arrays) != {"train", "val", "test"}:
            raise ValueError(f"{path.name} holds {', '.join(sorted(arrays))}")
        return cls({part: arrays[part].astype(np.int64) for part in ("train", "val", "test")})

    def _marks(self, tags: Annotations, part: str) -> BoolArray:
        marks: BoolArray = np.isin(_digests(tags.image_ids), self.parts[part])
        return marks


def scored_split(
    tags: Annotations, trained: TrainedSplit | None, column: str | None = None
) -> TrainedSplit | str | None:
    """Find the split of a table that separates training images from others.

    Args:
        tags: The table.
        trained: The split made by the tagger's training, if it made one.
        column: Column given by the user.

    Returns:
        The split made by training, if the table has images of it and no column is given; else the
        given or recognised column; None if there is neither.

    Raises:
        UsageError: If the table lacks the given column.
    """
    if column is None and trained is not None and trained.knows(tags):
        return trained
    return split_column(tags, column)


def _digests(image_ids: Sequence[str]) -> IntArray:
    """Compute a 64-bit hash of each id, (ids,) int64."""
    joined = b"".join(
        blake2b(name.encode("utf-8", "surrogatepass"), digest_size=_BYTES).digest()
        for name in image_ids
    )
    return np.frombuffer(joined, "<i8").astype(np.int64)
