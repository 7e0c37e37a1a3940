"""The labels of a batch as the device sees them: numbers and offsets, never a dense multi-hot."""

from dataclasses import dataclass

import torch
from torch import Tensor

from labelsphere.arrays import IntArray, SparseRows


@dataclass(frozen=True)
class LabelBatch:
    """Sparse labels of some images, in the form that ``embedding_bag`` takes.

    Attributes:
        indices: Label numbers of all images one after another, int64, (tags,).
        offsets: Where each image's labels begin in ``indices``, int64, (images,).
    """

    indices: Tensor
    offsets: Tensor

    @classmethod
    def from_rows(cls, matrix: SparseRows, rows: IntArray, device: torch.device) -> "LabelBatch":
        """The labels of some rows of a CSR matrix (images × labels)."""
        chosen = matrix[rows]
        return cls(
            torch.from_numpy(chosen.indices.astype("int64")).to(device),
            torch.from_numpy(chosen.indptr[:-1].astype("int64")).to(device),
        )

    def image_of_tag(self) -> Tensor:
        """The number of the image, within the batch, that each entry of ``indices`` is of."""
        ends = torch.cat([self.offsets[1:], self.offsets.new_tensor([len(self.indices)])])
        return torch.repeat_interleave(
            torch.arange(len(self.offsets), device=self.offsets.device), ends - self.offsets
        )
