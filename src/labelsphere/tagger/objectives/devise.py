"""DeViSE's objective (§2, [7]): true tags ahead of all others, by a margin (Frome et al. 2013)."""

from typing import Self

import numpy as np
import torch
from torch import Tensor

from labelsphere.arrays import BoolArray, SparseRows
from labelsphere.space import LabelSpace
from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.objectives.base import Objective

_MARGIN = 0.1
"""The paper's."""


class Devise(Objective):
    """Hinge rank loss of the output's dot products with the labels' unit vectors.

    Σ_j max(0, margin − t_y·e + t_j·e) over the labels j that an image does not have, averaged
    over its tags y: the paper's loss where an image has one tag. The paper draws some j; here all
    of them count. Labels without an embedding are neither tags nor others, and an image none of
    whose tags has one has loss 0.

    Args:
        space: Where the labels are.
        margin: How far a true tag must be ahead.
    """

    description = "hinge rank loss: tags ahead of all others by a margin (DeViSE)"
    needs_space = True
    decoder = "cosine"
    outputs = "points"
    vectors: Tensor
    placed: Tensor

    def __init__(self, space: LabelSpace, margin: float = _MARGIN) -> None:
        super().__init__()
        self.width = space.dim
        self.margin = margin
        self._space = space
        self.register_buffer("vectors", torch.from_numpy(space.unit_vectors), persistent=False)
        self.register_buffer("placed", torch.from_numpy(space.placed), persistent=False)

    @classmethod
    def build(cls, labels: LabelContext) -> Self:
        """The objective for a label space."""
        return cls(labels.needed_space("devise"))

    def forward(self, predicted: Tensor, labels: LabelBatch) -> Tensor:
        """Mean over images of the hinge, summed over labels and averaged over tags; from 0."""
        scores = predicted.float() @ self.vectors.T
        known = self.placed[labels.indices]
        images, tags = labels.image_of_tag()[known], labels.indices[known]
        others = scores.masked_fill(~self.placed, -torch.inf)
        others = others.index_put((images, tags), others.new_tensor(-torch.inf))
        # A row a tag: what a batch has of tags is far less than what it has of labels.
        behind = self.margin - scores[images, tags][:, None] + others[images]
        of_tags = behind.clamp_min(0).sum(dim=1)
        tags_of_image = torch.bincount(images, minlength=len(scores)).clamp_min(1)
        return (of_tags / tags_of_image[images]).sum() / len(scores)

    def usable(self, matrix: SparseRows) -> BoolArray:
        """Images with at least one tag that has an embedding."""
        placed = matrix.astype(bool).astype(np.int64) @ self._space.placed.astype(np.int64)
        usable: BoolArray = placed > 0
        return usable
