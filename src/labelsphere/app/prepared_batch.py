"""Prepared samples as inputs of a tagger."""

from typing import Any

import torch
from torch import Tensor

from labelsphere.arrays import BoolArray, IntArray
from labelsphere.tagger.inputs import Progress


class PreparedBatch:
    """Samples that are decoded and normalised already, as `labelsphere.tagger.inputs.Inputs`.

    Args:
        samples: One tensor a sample, all of one shape, float32.
        preparation: How they were prepared.
    """

    def __init__(self, samples: list[Tensor], preparation: dict[str, Any]) -> None:
        self._samples = torch.stack(samples)
        self._preparation = preparation

    def __len__(self) -> int:
        return len(self._samples)

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """Shape of one sample."""
        return tuple(self._samples.shape[1:])

    def batch(self, rows: IntArray, *, training: bool, seed: int = 0) -> Tensor:  # noqa: ARG002
        """The samples of some rows."""
        return self._samples[torch.from_numpy(rows)]

    def usable(
        self,
        rows: IntArray | None = None,
        *,
        progress: Progress | None = None,  # noqa: ARG002
    ) -> BoolArray:
        """All of them are."""
        count = len(self) if rows is None else len(rows)
        flags: BoolArray = torch.ones(count, dtype=torch.bool).numpy()
        return flags

    def settings(self) -> dict[str, Any]:
        """How the samples were prepared."""
        return self._preparation
