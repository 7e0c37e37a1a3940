"""Random changes to training images that leave their tags true."""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from labelsphere.arrays import BoolArray, IntArray


@dataclass(frozen=True)
class Augmentation:
    """Random shifts and mirrorings, drawn for each image by itself.

    torchvision's transforms draw once a batch and from a global generator; this draws for each
    image, from a given seed.

    Attributes:
        shift: Largest shift, as a share of the side; the edge's pixels fill what falls free.
        flip: Whether every second image, by chance, is mirrored left to right.
    """

    shift: float = 0.0
    flip: bool = False

    def apply(self, images: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
        """Augment a batch.

        Args:
            images: Uint8, (b, size, size, 3).
            seed: Not negative. Equal seed and batch size give equal draws.

        Returns:
            A new array of the same shape, or ``images`` where there is nothing to do.
        """
        random = np.random.default_rng(seed)
        reach = int(self.shift * images.shape[1])
        if reach:
            images = shifted(images, random.integers(-reach, reach + 1, (len(images), 2)), reach)
        if self.flip:
            images = mirrored(images, random.random(len(images)) < 0.5)
        return images


def shifted(images: NDArray[np.uint8], shifts: IntArray, reach: int) -> NDArray[np.uint8]:
    """Move each image by its own number of pixels.

    Args:
        images: Uint8, (b, height, width, 3).
        shifts: Pixels down and to the right, (b, 2), at most ``reach`` either way.
        reach: Width of the margin that the edge's pixels are repeated into.

    Returns:
        Uint8, (b, height, width, 3).
    """
    count, height, width, channels = images.shape
    margin = (reach, reach)
    padded = np.pad(images, ((0, 0), margin, margin, (0, 0)), mode="edge")
    # Windows over whole rows of bytes copy long runs: 1 ms where indexing pixels takes 8 ms
    # (128 images of 64 × 64).
    bands = padded.reshape(count, height + 2 * reach, -1)
    windows = sliding_window_view(bands, (height, width * channels), axis=(1, 2))
    top, left = (reach - shifts).T
    moved: NDArray[np.uint8] = windows[np.arange(count), top, left * channels]
    return moved.reshape(images.shape)


def mirrored(images: NDArray[np.uint8], chosen: BoolArray) -> NDArray[np.uint8]:
    """Mirror some of the images left to right.

    Args:
        images: Uint8, (b, height, width, 3).
        chosen: Which ones, (b,).

    Returns:
        Uint8, (b, height, width, 3), a new array.
    """
    out = images.copy()
    # torch reverses pixels several times faster than NumPy copies a reversed view.
    out[chosen] = torch.from_numpy(images[chosen]).flip(2).numpy()
    return out


AUGMENTATIONS = {
    "none": Augmentation(),
    "shift": Augmentation(shift=1 / 16),
    "shift+flip": Augmentation(shift=1 / 16, flip=True),
}
