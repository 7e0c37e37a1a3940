"""Interface of all kinds of inputs to training and tagging."""

from typing import Protocol

import torch

from labelsphere.arrays import BoolArray, IntArray
from labelsphere.json_types import Json
from labelsphere.metrics.scores import Progress

__all__ = ["Inputs", "Progress"]


class Inputs(Protocol):
    """Samples for a network, one per row of the annotations."""

    def __len__(self) -> int:
        """Number of samples."""

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample: (3, height, width) or (width,)."""

    def batch(self, rows: IntArray, *, training: bool, seed: int = 0) -> torch.Tensor:
        """Return a batch of samples for the network.

        Args:
            rows: Row numbers, (b,).
            training: Whether random augmentation, if any, is applied.
            seed: Random seed of the augmentation: equal rows and seed give equal values.

        Returns:
            Float32, (b, *sample_shape), normalised.

        Raises:
            DataError: If a sample cannot be used; the message names it.
        """

    def usable(
        self, rows: IntArray | None = None, *, progress: Progress | None = None
    ) -> BoolArray:
        """Find the samples that can be used; ``batch`` raises for the others.

        Args:
            rows: Row numbers to check; all rows if None.
            progress: Called with the number of checked rows and of all.

        Returns:
            One flag for each of ``rows``.
        """

    def settings(self) -> dict[str, Json]:
        """Return settings to prepare new samples in the same way, in JSON types."""
