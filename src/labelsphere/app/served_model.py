"""Exported model behind the server, which only tags."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from labelsphere.app.served import PictureTags, Served, TagRequest, TagScore, Version
from labelsphere.errors import UsageError
from labelsphere.tagger.exported_model import ExportedModel


class ServedModel(Served):
    """A model that ``labelsphere export`` wrote.

    Its labels have no embeddings: they have no neighbours, and labels cannot be added.

    Args:
        path: The model, or its folder.

    Raises:
        ArtefactError: If there is no model, or ``labelsphere export`` did not write it.
        MissingExtraError: If ONNX Runtime is not installed (extra ``onnx``).
        UsageError: If it was exported for other programs.
    """

    def __init__(self, path: Path) -> None:
        self._model = ExportedModel.open(path)
        preparation = self._model.preparation
        super().__init__(int(preparation["size"]), str(preparation["fit"]))
        with self._model.path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self._version = Version(
            etag=f'"{digest[:16]}"',
            vocabulary=self._model.vocabulary,
            counts=self._model.counts,
            training_images=0,
            space=None,
            backbone=self._model.backbone,
            objective=self._model.objective,
            calibrated=self._model.calibrated,
            changeable=False,
            has_order=False,
        )

    @property
    def version(self) -> Version:
        """Return the description of the model."""
        return self._version

    def tag(self, wanted: Sequence[TagRequest]) -> list[PictureTags]:
        """Tag decoded pictures, most likely tags first.

        Raises:
            UsageError: If another order is wanted.
        """
        if any(one.specific for one in wanted):
            self._refuse("tags are ordered by probability only")
        most = max(one.top for one in wanted)
        found = self._model.tag([one.square for one in wanted], most)
        return [
            PictureTags(tuple(map(TagScore.of, tags[: one.top])), self._version.etag)
            for one, tags in zip(wanted, found, strict=True)
        ]

    def _refuse(self, why: str) -> NoReturn:
        raise UsageError(
            f"this is an exported model without a label space, so {why}; serve the folder of the "
            "tagger itself, with --engine onnx for ONNX Runtime"
        )
