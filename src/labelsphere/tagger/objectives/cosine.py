"""The paper's objective (§3.2): point at the sum of an image's tags."""

from typing import Self

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cosine_similarity, embedding_bag

from labelsphere.arrays import BoolArray, SparseRows
from labelsphere.space import LabelSpace
from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.objectives.base import Objective


class CosineProximity(Objective):
    """Minus the cosine between the output and the embedded tags, e = E_kᵀ v.

    The target's norm does not matter to a cosine, so the sum needs no normalisation here.
    Images whose tags have no embedding have no direction to point in: `usable` leaves
    them out.

    Args:
        space: Where the labels are.
    """

    description = "cosine proximity to the sum of the tags' embeddings (the paper, §3.2)"
    needs_space = True
    decoder = "cosine"
    outputs = "points"
    vectors: Tensor

    def __init__(self, space: LabelSpace) -> None:
        super().__init__()
        self.width = space.dim
        self._space = space
        # A buffer travels to the device with the network, and stays out of its checkpoints:
        # the label space is saved once, beside them.
        self.register_buffer("vectors", torch.from_numpy(space.vectors), persistent=False)

    @classmethod
    def build(cls, labels: LabelContext) -> Self:
        """The objective for a label space."""
        return cls(labels.needed_space("cosine"))

    def forward(self, predicted: Tensor, labels: LabelBatch) -> Tensor:
        """Mean over images of −cos(e, ẽ): −1 at best, 1 at worst.

        It is 0 for a zero output and, without a gradient, for an image without embedded tags.
        """
        targets = embedding_bag(labels.indices, self.vectors, labels.offsets, mode="sum")
        return -cosine_similarity(predicted.float(), targets, dim=1).mean()

    def usable(self, matrix: SparseRows) -> BoolArray:
        """Images with at least one tag that has an embedding."""
        placed = matrix.astype(bool).astype(np.int64) @ self._space.placed.astype(np.int64)
        usable: BoolArray = placed > 0
        return usable
