"""Tagger behind the server, replaced when its labels change."""

import hashlib
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

import numpy as np
import torch
from torch import Tensor

from labelsphere.app.engines import ENGINES
from labelsphere.app.served import (
    PictureTags,
    Served,
    SimilarImage,
    TagRequest,
    TagScore,
    Version,
)
from labelsphere.app.squares import Square
from labelsphere.errors import UsageError
from labelsphere.linalg import top_k, with_unit_rows
from labelsphere.space import LabelSpace
from labelsphere.tagger import Tagger
from labelsphere.tagger.choosing import TagChoice, choose_tags
from labelsphere.tagger.decoders import Decoder
from labelsphere.tagger.decoders.weighted import weighted_sum
from labelsphere.tagger.network import head_of
from labelsphere.tagger.tag import Tag


class ServedTagger(Served):
    """A tagger that is replaced as a whole when its labels change.

    Args:
        folder: The tagger's folder. Changes are saved there before they are served.
        engine: A key of `labelsphere.app.engines.ENGINES`.

    Attributes:
        folder: The tagger's folder.
        engine: What runs the network.

    Raises:
        ArtefactError: If the folder holds no tagger.
        MissingExtraError: If the engine is not installed.
        UsageError: If the engine is unknown, or the tagger was trained on feature vectors.
    """

    def __init__(self, folder: Path, engine: str = "torch") -> None:
        if engine not in ENGINES:
            raise UsageError(f"engine must be one of {', '.join(ENGINES)}, but got {engine!r}")
        self.folder = folder
        self._change = threading.Lock()
        self._state = self._read()
        tagger = self._state[0]
        if tagger.takes_features:
            raise UsageError(
                f"{folder} was trained on feature vectors; expected a tagger that takes pictures"
            )
        super().__init__(int(tagger.preparation["size"]), str(tagger.preparation["fit"]))
        # Changes of labels do not change the network, so its engine is made only once.
        self.engine = ENGINES[engine].build(tagger)

    @property
    def version(self) -> Version:
        """Return the current state."""
        return self._state[1]

    def tag(self, wanted: Sequence[TagRequest]) -> list[PictureTags]:
        """Tag decoded pictures."""
        tagger, version = self._state
        decoder = tagger.decoder()
        points = self._read_points(tagger, decoder, [one.square for one in wanted])
        found: list[PictureTags | None] = [None] * len(wanted)
        # Pictures with the same order of tags are ranked together.
        for share in dict.fromkeys(one.specific for one in wanted):
            rows = [row for row, one in enumerate(wanted) if one.specific == share]
            most = max(wanted[row].top for row in rows)
            chosen = self._choose(tagger, points[rows], share, most)
            for row, tags in zip(rows, chosen, strict=True):
                scores = tuple(map(TagScore.of, tags[: wanted[row].top]))
                found[row] = PictureTags(scores, version.etag)
        return [tags for tags in found if tags is not None]

    def points(self, squares: Sequence[Square]) -> np.ndarray:
        """Compute unit vectors of pictures in the label space, (pictures, k) float32."""
        tagger, dim = self._state[0], self.space.dim
        features = self.engine.features(np.stack(squares))
        with torch.no_grad():
            outputs = head_of(tagger.network)(features)
        return with_unit_rows(outputs[:, :dim].cpu().numpy())

    def similar(self, squares: Sequence[Square], count: int = 5) -> list[list[SimilarImage]]:
        """Find the training images whose tags are nearest to decoded pictures."""
        points, tagger = self.points(squares), self._state[0]
        if tagger.labels.tag_sets is None:
            return [[] for _ in squares]
        sets, embeddings = tagger.labels.embedded_sets
        numbers, proximities = top_k(points, embeddings, min(count, len(embeddings)))
        return [
            [
                SimilarImage(
                    float(proximity),
                    tuple(tagger.vocabulary[n] for n in sets.members[[number]].indices.tolist()),
                )
                for number, proximity in zip(row, values, strict=True)
            ]
            for row, values in zip(numbers.tolist(), proximities.tolist(), strict=True)
        ]

    def rank_with(self, space: LabelSpace, label: str, squares: Sequence[Square]) -> list[int]:
        """Compute the rank that a label of another space would have on each picture, from 1."""
        tagger = self._state[0].with_space(space)
        decoder = tagger.decoder()
        scores = decoder.scores(self._read_points(tagger, decoder, squares))
        own = scores[:, tagger.vocabulary.index(label)]
        return [int(rank) for rank in (1 + (scores > own[:, None]).sum(dim=1)).tolist()]

    def change_space(self, change: Callable[[LabelSpace], LabelSpace]) -> Version:
        """Change the label space, save the tagger, and serve it from then on."""
        with self._change:
            changed = self._state[0].with_space(change(self.space))
            changed.save(self.folder, overwrite=True)
            self._state = self._read()
            return self.version

    def _choose(self, tagger: Tagger, points: Tensor, share: float, top: int) -> list[list[Tag]]:
        """Return the best tags of each point, in an order from likely (0) to specific (1)."""
        decoder, order = tagger.decoder(), None
        if share > 0:
            specific = tagger.decoder(specific=True)
            none = torch.zeros(len(tagger.vocabulary), device=points.device)
            order = weighted_sum((decoder, specific), (1 - share, share), none)
        choice = TagChoice(min(top, len(tagger.vocabulary)), specific=order is not None)
        chosen = choose_tags(points, decoder, order, tagger.calibration, choice)
        return chosen.tags(tagger.vocabulary)

    def _read_points(self, tagger: Tagger, decoder: Decoder, squares: Sequence[Square]) -> Tensor:
        """Compute the input of a decoder, (pictures, width) float32."""
        features = self.engine.features(np.stack(squares))
        if decoder.features:
            return features
        with torch.no_grad():
            outputs: Tensor = head_of(tagger.network)(features)
        return outputs

    def _read(self) -> tuple[Tagger, Version]:
        tagger = Tagger.load(self.folder)
        tagger.decoder()
        digest = hashlib.sha256()
        for name in ("model.safetensors", "thresholds.json"):
            path = self.folder / name
            if path.exists():
                with path.open("rb") as file:
                    digest.update(hashlib.file_digest(file, "sha256").digest())
        digest.update(tagger.vocabulary.fingerprint().encode())
        return tagger, Version(
            etag=f'"{digest.hexdigest()[:16]}"',
            vocabulary=tagger.vocabulary,
            counts=tagger.labels.counts,
            training_images=int(tagger.labels.n_images),
            space=tagger.space,
            backbone=tagger.architecture.backbone,
            objective=str(tagger.architecture.objective),
            calibrated=tagger.calibration is not None,
            changeable=_takes_labels(tagger),
            has_order=True,
        )

    def _refuse(self, why: str) -> NoReturn:
        raise UsageError(
            f"this tagger has no label space, so {why}; train one with "
            "labelsphere train --method sphere"
        )


def _takes_labels(tagger: Tagger) -> bool:
    """Return whether labels can be changed without training."""
    if tagger.space is None:
        return False
    try:
        tagger.with_space(tagger.space)
    except UsageError:
        return False
    return True
