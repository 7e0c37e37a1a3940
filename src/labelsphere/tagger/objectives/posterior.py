"""The paper with a prior: its direction (§3.2), with a length that says how sure."""

from typing import Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cosine_similarity, embedding_bag, normalize

from labelsphere.arrays import BoolArray, SparseRows
from labelsphere.space import LabelSpace
from labelsphere.tagger.decoders import log_prior, posterior_decoder
from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.objectives.base import Objective
from labelsphere.tagger.objectives.softmax import mean_cross_entropy

LENGTH = 5.0
"""Length of every image's point before training; cosines times this are log-odds of a few nats."""

SHARE = 0.1
"""Weight of the likelihood beside the cosine: it has one number to find, the cosine all others."""


class Posterior(Objective):
    """Cosine proximity for the output's direction, likelihood for its length.

    The direction of the output z of an image with tags C is trained as in the paper, towards
    e = Σ_{c ∈ C} E_c. Its length is trained so that the posterior

        log p(c | z) = z·u_c + log p(c) − log Σ_n exp(z·u_n + log p(n)),    u_c = E_c / ‖E_c‖,

    explains the tags: the product estimates the mutual information of image and tag, and the
    prior is added to it. A network that is not sure shortens z, and falls back on the prior. No
    gradient of the likelihood reaches the direction.

        loss = −cos(e, z) − share · mean over C of log p(c | z)

    The head starts at the mean direction of single tags, weighted by how common they are, as a
    classifier's starts at the prior. Labels without an embedding are left out. Images whose tags
    have no embedding are left out by `usable`.

    Args:
        labels: Counts of the labels.
        space: Where the labels are.
        share: Weight of the likelihood, 0 or more.
        length: Length of the points before training, above 0.
    """

    description = "cosine proximity, with a length that says how sure the network is"
    needs_space = True
    decoder = "posterior"
    outputs = "points"
    vectors: Tensor
    units: Tensor
    bias: Tensor

    def __init__(
        self,
        labels: LabelContext,
        space: LabelSpace,
        share: float = SHARE,
        length: float = LENGTH,
    ) -> None:
        super().__init__()
        self.width = space.dim
        self.share = share
        self.length = length
        self._labels = labels
        self._space = space
        decoder = posterior_decoder(labels, space)
        self.register_buffer("vectors", torch.from_numpy(space.vectors), persistent=False)
        self.register_buffer("units", decoder.vectors, persistent=False)
        self.register_buffer("bias", decoder.bias, persistent=False)

    @classmethod
    def build(cls, labels: LabelContext) -> Self:
        """The objective for a label space and the labels' counts."""
        return cls(labels, labels.needed_space("posterior"))

    def initialise(self, head: nn.Linear) -> None:
        """Bias at the mean direction; weights small, so that the bias is what counts at first."""
        share = log_prior(self._labels.counts, self._labels.n_images).exp()
        with torch.no_grad():
            head.weight.normal_(std=0.01)
            head.bias.copy_(self.length * normalize(share @ self.units, dim=0))

    def forward(self, predicted: Tensor, labels: LabelBatch) -> Tensor:
        """Mean over images of the loss; the likelihood in nats.

        An image whose tags have no embedding gives no gradient.
        """
        points = predicted.float()
        targets = embedding_bag(labels.indices, self.vectors, labels.offsets, mode="sum")
        directed = -cosine_similarity(points, targets, dim=1).sum()
        # Detached directions: the gradient changes the lengths of the points alone.
        lengths = points.norm(dim=1, keepdim=True)
        logits = lengths * (normalize(points.detach(), dim=1) @ self.units.T) + self.bias
        explained = mean_cross_entropy(logits, self._placed(labels))
        return (directed + self.share * explained) / len(points)

    def usable(self, matrix: SparseRows) -> BoolArray:
        """Images with at least one tag that has an embedding."""
        placed = matrix.astype(bool).astype(np.int64) @ self._space.placed.astype(np.int64)
        usable: BoolArray = placed > 0
        return usable

    def _placed(self, labels: LabelBatch) -> LabelBatch:
        """The tags that have an embedding: the likelihood of any other is 0."""
        kept = self.bias[labels.indices] > -torch.inf
        counts = torch.bincount(labels.image_of_tag()[kept], minlength=len(labels.offsets))
        return LabelBatch(labels.indices[kept], counts.cumsum(0) - counts)
