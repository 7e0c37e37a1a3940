"""Decoded pictures as inputs of a network."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from labelsphere.annotations import PictureFiles
from labelsphere.arrays import BoolArray, IntArray
from labelsphere.json_types import Json
from labelsphere.tagger.inputs import ImageInputs
from labelsphere.tagger.inputs.protocol import Progress


class DecodedPictures:
    """Pixels as inputs, prepared as in a tagger's training.

    Args:
        pixels: Uint8, (pictures, size, size, 3), RGB.
        preparation: `Tagger.preparation`.
    """

    def __init__(self, pixels: NDArray[np.uint8], preparation: Mapping[str, Any]) -> None:
        self._pixels = pixels
        self._inputs = ImageInputs.from_settings(PictureFiles([]), preparation)

    def __len__(self) -> int:
        return len(self._pixels)

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """(3, size, size)."""
        return self._inputs.sample_shape

    def batch(
        self,
        rows: IntArray,
        *,
        training: bool,  # noqa: ARG002 - as all inputs have it
        seed: int = 0,  # noqa: ARG002
    ) -> torch.Tensor:
        """Return a batch for the network; pictures are never augmented."""
        return self._inputs.normalise(self._pixels[rows])

    def usable(
        self,
        rows: IntArray | None = None,
        *,
        progress: Progress | None = None,  # noqa: ARG002 - as all inputs have it
    ) -> BoolArray:
        """Return True for all pictures."""
        return np.ones(len(self) if rows is None else len(rows), np.bool_)

    def settings(self) -> dict[str, Json]:
        """Return the preparation."""
        return self._inputs.settings()
