"""The tagger that a server answers with, and how it changes while it answers."""

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from torch import Tensor

from labelsphere.app.prepared_batch import PreparedBatch
from labelsphere.errors import UsageError
from labelsphere.linalg import top_k, with_unit_rows
from labelsphere.space import LabelSpace
from labelsphere.tagger import Tagger
from labelsphere.tagger.scores import predict_points
from labelsphere.tagger.tag import Tag


@dataclass(frozen=True)
class Version:
    """A tagger at one moment.

    Attributes:
        tagger: The tagger.
        etag: Digest of its weights, labels and thresholds, in quotes, as HTTP has it.
    """

    tagger: Tagger
    etag: str


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


@dataclass(frozen=True)
class PictureTags:
    """What the tagger says of a picture.

    Attributes:
        tags: Tags, best first.
        etag: Version that they are from.
    """

    tags: tuple[TagScore, ...]
    etag: str


@dataclass(frozen=True)
class SimilarSet:
    """A training image near a picture.

    Attributes:
        proximity: Cosine of the picture's point and the image's tag set.
        labels: The image's tags.
    """

    proximity: float
    labels: tuple[str, ...]


class ServedTagger:
    """One tagger, replaced as a whole when its labels change.

    Args:
        folder: The tagger's folder. Changes are written to it before they are answered with.
        top: Most tags a picture.

    Raises:
        ArtefactError: If the folder holds no tagger.
        UsageError: If the tagger was trained on feature vectors.
    """

    def __init__(self, folder: Path, *, top: int = 100) -> None:
        self.folder = folder
        self.top = top
        self._change = threading.Lock()
        self._version = self._read()
        if self._version.tagger.takes_features:
            raise UsageError(
                f"{folder} was trained on feature vectors; expected a tagger that takes pictures"
            )

    @property
    def version(self) -> Version:
        """The tagger as it is now."""
        return self._version

    @property
    def space(self) -> LabelSpace:
        """Its label space.

        Raises:
            UsageError: If it has none.
        """
        space = self._version.tagger.space
        if space is None:
            raise UsageError(
                "this tagger has no label space, so its labels have no neighbours; train one with "
                "labelsphere train --method sphere"
            )
        return space

    def prepare(self, data: bytes) -> Tensor:
        """One picture as the network takes it.

        Raises:
            DataError: If the bytes are no picture.
        """
        inputs = self._version.tagger.prepare([data])
        return inputs.batch(np.zeros(1, np.int64), training=False)[0]

    def tag(self, samples: Sequence[Tensor]) -> list[PictureTags]:
        """Tags of prepared pictures."""
        version = self._version
        tagger = version.tagger
        inputs = PreparedBatch(list(samples), tagger.preparation)
        top = min(self.top, len(tagger.vocabulary))
        return [
            PictureTags(tuple(map(_scored, tags)), version.etag)
            for tags in tagger.tag_inputs(inputs, top)
        ]

    def similar(self, samples: Sequence[Tensor], count: int = 5) -> list[list[SimilarSet]]:
        """Training images whose tags lie nearest to prepared pictures.

        Args:
            samples: The pictures.
            count: How many a picture.

        Returns:
            The images nearest first, a list a picture; empty where the tagger keeps no tag sets.

        Raises:
            UsageError: If the tagger has no label space.
        """
        tagger, dim = self._version.tagger, self.space.dim
        if tagger.labels.tag_sets is None:
            return [[] for _ in samples]
        sets, embeddings = tagger.labels.embedded_sets
        inputs = PreparedBatch(list(samples), tagger.preparation)
        rows = np.arange(len(inputs), dtype=np.int64)
        outputs = predict_points(tagger.network, inputs, rows, features=False)
        points = with_unit_rows(outputs[:, :dim].cpu().numpy())
        numbers, proximities = top_k(points, embeddings, min(count, len(embeddings)))
        return [
            [
                SimilarSet(
                    float(proximity),
                    tuple(tagger.vocabulary[n] for n in sets.members[[number]].indices.tolist()),
                )
                for number, proximity in zip(row, values, strict=True)
            ]
            for row, values in zip(numbers.tolist(), proximities.tolist(), strict=True)
        ]

    def rank_with(self, space: LabelSpace, label: str, samples: Sequence[Tensor]) -> list[int]:
        """Ranks that a label of another space would have on prepared pictures, from 1.

        Raises:
            UsageError: If the tagger takes no other labels.
        """
        tagger = self._version.tagger.with_space(space)
        points = tagger.points(PreparedBatch(list(samples), tagger.preparation))
        scores = tagger.decoder().scores(points)
        own = scores[:, tagger.vocabulary.index(label)]
        return [int(rank) for rank in (1 + (scores > own[:, None]).sum(dim=1)).tolist()]

    def change_space(self, change: Callable[[LabelSpace], LabelSpace]) -> Version:
        """Change the label space, write the tagger, and answer with it from then on.

        Args:
            change: From the space to another of the same dimensions.

        Returns:
            The new version, which is on disk.

        Raises:
            UsageError: If the tagger has no label space or takes no other labels, or ``change``
                refuses.
        """
        with self._change:
            changed = self._version.tagger.with_space(change(self.space))
            changed.save(self.folder, overwrite=True)
            self._version = self._read()
            return self._version

    def _read(self) -> Version:
        tagger = Tagger.load(self.folder)
        tagger.decoder()
        digest = hashlib.sha256()
        for name in ("model.safetensors", "thresholds.json"):
            path = self.folder / name
            if path.exists():
                with path.open("rb") as file:
                    digest.update(hashlib.file_digest(file, "sha256").digest())
        digest.update(tagger.vocabulary.fingerprint().encode())
        return Version(tagger, f'"{digest.hexdigest()[:16]}"')


def _scored(tag: Tag) -> TagScore:
    """A tag with its level: of a tagger that is not calibrated all are suggestions."""
    if tag.probability is None:
        return TagScore(tag.label, tag.score, None, "suggest")
    level = "accept" if tag.accepted else "suggest" if tag.suggested else "none"
    return TagScore(tag.label, tag.score, tag.probability, level)
