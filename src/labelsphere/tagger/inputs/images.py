"""Images as inputs: decoded, augmented and normalised."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from labelsphere.annotations import Pictures
from labelsphere.arrays import BoolArray, IntArray
from labelsphere.errors import DataError, UsageError
from labelsphere.json_types import Json
from labelsphere.tagger.inputs.augmentation import AUGMENTATIONS
from labelsphere.tagger.inputs.decoding import FITS
from labelsphere.tagger.inputs.pixels import PixelStore
from labelsphere.tagger.inputs.protocol import Progress
from labelsphere.tagger.normalisation import IMAGENET_MEAN, IMAGENET_STD


class ImageInputs:
    """Images for a network: RGB squares, augmented in training, normalised by channel.

    Decoded pictures are kept in memory if all of them fit, and otherwise decoded for every batch.

    Args:
        pictures: Encoded pictures, one per row of the annotations.
        size: Side of the network's square input, in pixels.
        fit: ``"pad"`` (aspect ratio kept, white margins), ``"crop"`` (aspect ratio kept, centre) or
            ``"stretch"``.
        augment: ``"none"``, ``"shift"`` (by up to 1/16 of the side) or ``"shift+flip"``.
        mean: Value subtracted from each channel, on a scale of 0 to 1. Default: ImageNet's.
        std: Divisor of each channel after that. Default: ImageNet's.
        memory_limit: Bytes that decoded pictures may take; 0 keeps none.
        workers: Number of decoding threads; the number of CPUs if None.

    Attributes:
        pictures: The encoded pictures.

    Raises:
        UsageError: If an argument is out of range or a name is unknown.
    """

    def __init__(
        self,
        pictures: Pictures,
        size: int = 64,
        fit: str = "pad",
        augment: str = "none",
        *,
        mean: Sequence[float] = IMAGENET_MEAN,
        std: Sequence[float] = IMAGENET_STD,
        memory_limit: int = 4 * 1024**3,
        workers: int | None = None,
    ) -> None:
        if size < 1:
            raise UsageError(f"image size must be at least 1 pixel, but got {size}")
        if fit not in FITS:
            raise UsageError(f"fit must be one of {', '.join(FITS)}, but got {fit!r}")
        if augment not in AUGMENTATIONS:
            names = ", ".join(AUGMENTATIONS)
            raise UsageError(f"augment must be one of {names}, but got {augment!r}")
        if len(mean) != 3 or len(std) != 3 or min(std) <= 0:
            raise UsageError(
                f"mean and std must be 3 numbers each, std above 0, but got {mean} and {std}"
            )
        self._store = PixelStore(pictures, size, fit, memory_limit, workers)
        self._count = len(pictures)
        self.pictures = pictures
        self._augmentation = AUGMENTATIONS[augment]
        self._settings: dict[str, Json] = {
            "kind": "images",
            "size": size,
            "fit": fit,
            "augment": augment,
            "mean": [float(value) for value in mean],
            "std": [float(value) for value in std],
        }
        self._size = size
        # A factor and an offset for every value of an image's row take 0.5 ms for 128 images of
        # 64 × 64; torchvision's to_dtype and normalize take 4 ms.
        deviation = torch.tensor(std, dtype=torch.float64)
        offset = -torch.tensor(mean, dtype=torch.float64) / deviation
        self._scale = (1 / (255 * deviation)).repeat(size).float()
        self._offset = offset.repeat(size).float()

    @classmethod
    def from_settings(
        cls,
        pictures: Pictures,
        settings: Mapping[str, Any],
        *,
        memory_limit: int = 0,
        workers: int | None = None,
    ) -> "ImageInputs":
        """Prepare new pictures with saved settings.

        Args:
            pictures: The new pictures.
            settings: Settings from `settings`.
            memory_limit: Bytes that decoded pictures may take; 0 keeps none.
            workers: Number of decoding threads; the number of CPUs if None.

        Raises:
            DataError: If the settings are not those of images.
        """
        if settings.get("kind") != "images":
            raise DataError(f"expected settings of images, but got those of {settings.get('kind')}")
        names = ("size", "fit", "augment", "mean", "std")
        chosen = {name: settings[name] for name in names}
        return cls(pictures, **chosen, memory_limit=memory_limit, workers=workers)

    def __len__(self) -> int:
        return self._count

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """(3, size, size)."""
        return (3, self._size, self._size)

    def batch(self, rows: IntArray, *, training: bool, seed: int = 0) -> torch.Tensor:
        """Return a batch of images for the network.

        Args:
            rows: Row numbers, (b,).
            training: Whether images are augmented.
            seed: Random seed of the augmentation, not negative.

        Returns:
            Float32, (b, 3, size, size), channels last in memory, (value / 255 − mean) / std.

        Raises:
            DataError: If a picture cannot be read or decoded.
        """
        pixels = self._store.take(np.asarray(rows, np.int64))
        if training:
            pixels = self._augmentation.apply(pixels, seed)
        return self.normalise(pixels)

    def normalise(self, pixels: NDArray[np.uint8]) -> torch.Tensor:
        """Normalise pixels for the network.

        Args:
            pixels: Uint8, (b, size, size, 3), RGB.

        Returns:
            Float32, (b, 3, size, size), channels last in memory, (value / 255 − mean) / std.
        """
        bands = torch.from_numpy(pixels.reshape(len(pixels), self._size, self._size * 3))
        values = bands.float().mul_(self._scale).add_(self._offset)
        return values.view(pixels.shape).permute(0, 3, 1, 2)

    def usable(
        self, rows: IntArray | None = None, *, progress: Progress | None = None
    ) -> BoolArray:
        """Find the pictures that can be decoded, and keep them in memory if all fit.

        Args:
            rows: Row numbers to check; all rows if None.
            progress: Called with the number of checked rows and of all.

        Returns:
            One flag for each of ``rows``.
        """
        chosen = np.arange(self._count) if rows is None else np.asarray(rows, np.int64)
        return self._store.usable(chosen, progress)

    def settings(self) -> dict[str, Json]:
        """Return size, fit, augmentation, mean and std, to prepare new pictures in the same way."""
        return dict(self._settings)
