"""Pretrained weights of a backbone, and the normalisation that they expect."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labelsphere.errors import UsageError
from labelsphere.tagger.normalisation import Normalisation, channel_normalisation


@dataclass(frozen=True)
class PretrainedWeights:
    """Initial weights of a backbone.

    Attributes:
        name: ``"hub"``, ``"lite0"``, ``"lite2"``, ``"file"`` or ``"none"``.
        backbone: The timm model of the weights.
        path: Checkpoint on disk; None for ``"hub"``, which timm caches, and for ``"none"``.
        description: One line for messages: the weights and their origin.
    """

    name: str
    backbone: str
    path: Path | None
    description: str

    @property
    def trained(self) -> bool:
        """Whether the weights are trained, not random."""
        return self.name != "none"

    @property
    def source(self) -> bool | Path:
        """The argument ``pretrained`` of `labelsphere.tagger.network.build_network`."""
        return self.trained if self.path is None else self.path

    @property
    def normalisation(self) -> Normalisation:
        """Mean and standard deviation of each channel in the training of the weights."""
        return channel_normalisation(self.backbone, pretrained=self.trained)

    def check_preparation(self, preparation: Mapping[str, Any]) -> None:
        """Refuse pictures with another normalisation than the weights expect.

        Args:
            preparation: Settings from `ImageInputs.settings`.

        Raises:
            UsageError: If mean or standard deviation differ, or the inputs are not pictures.
        """
        if preparation.get("kind") != "images":
            raise UsageError(
                f"pretrained weights of {self.backbone!r} need pictures, but got inputs of kind "
                f"{preparation.get('kind')!r}"
            )
        mean, std = self.normalisation
        given = (tuple(preparation["mean"]), tuple(preparation["std"]))
        if self.trained and given != (mean, std):
            raise UsageError(
                f"the weights {self.name!r} of {self.backbone!r} were trained with mean {mean} and "
                f"std {std}, but the pictures are prepared with mean {given[0]} and std {given[1]};"
                " pass mean and std of PretrainedWeights.normalisation to ImageInputs"
            )
