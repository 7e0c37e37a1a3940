"""The recommended objective: a point on the sphere, by cosine and by likelihood."""

from typing import Self

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cosine_similarity, embedding_bag, normalize

from labelsphere.arrays import BoolArray, SparseRows
from labelsphere.space import LabelSpace
from labelsphere.tagger.decoders import log_prior
from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.objectives.base import Objective
from labelsphere.tagger.objectives.classifier import prior_log_odds
from labelsphere.tagger.objectives.likelihood import tag_likelihood
from labelsphere.tagger.objectives.logistic import logistic_loss

LENGTH = 5.0
"""Length of every image's point before training: products with unit vectors are then log-odds of
a few nats."""

COSINE = 4.0
"""Weight of the cosine beside the likelihood. On features of the icons 4 was better than 1 with few
images and with noisy tags, and level with all; 16 was far worse with all and with noisy tags
(`benchmarks/method_trials.py`)."""

MOST_CLASSIFIED = 2048
"""Labels up to which the head has a log-odds for each label beside the point. Beyond, it would
cost more than the point, and the point by itself did better on 3,344 labels
(`benchmarks/method_trials.py`)."""


class Sphere(Objective):
    """Points at an image's tags in the label space, and explains each tag from there.

    The head's first k outputs are a point z. With fixed embeddings E, u_c = E_c / ‖E_c‖ and the
    tags' prior log-odds b_c,

        loss = −4·cos(z, Σ_{c ∈ C} E_c) + ℓ(z·u_c + b_c) + logistic(o_c),

    where ℓ is the negative log-likelihood of `tag_likelihood`. The cosine pulls z to the whole set
    of tags (§3.2); the likelihood makes every product z·u_c the evidence that the image gives for
    tag c. The last term, logistic regression, is there where the head has a log-odds o_c for each
    label beside the point: it learns what no direction of the space says, and has no influence on
    z but through the backbone.

    Labels without an embedding keep their prior log-odds. Images none of whose tags has an
    embedding are left out by `usable`.

    Args:
        labels: Counts of the labels.
        space: Their embeddings.
        classifier: Whether the head has log-odds beside the point; if None, up to
            `MOST_CLASSIFIED` labels.
        cosine: Weight of the cosine, 0 or more.
        likelihood: Weight of the point's likelihood, 0 or more.
    """

    description = "a point in a label space, trained by cosine and likelihood together"
    needs_space = True
    decoder = "sphere"
    vectors: Tensor
    units: Tensor
    log_odds: Tensor

    def __init__(
        self,
        labels: LabelContext,
        space: LabelSpace,
        *,
        classifier: bool | None = None,
        cosine: float = COSINE,
        likelihood: float = 1.0,
    ) -> None:
        super().__init__()
        if classifier is None:
            classifier = labels.n_outputs <= MOST_CLASSIFIED
        self.k = space.dim
        self.width = space.dim + (labels.n_outputs if classifier else 0)
        self.outputs = "both" if classifier else "points"
        self.cosine = cosine
        self.likelihood = likelihood
        self._labels = labels
        self._space = space
        log_odds = torch.from_numpy(prior_log_odds(labels.counts, labels.n_images))
        # Buffers travel to the device with the network, and stay out of its checkpoints.
        self.register_buffer("vectors", torch.from_numpy(space.vectors), persistent=False)
        self.register_buffer("units", torch.from_numpy(space.unit_vectors), persistent=False)
        self.register_buffer("log_odds", log_odds, persistent=False)

    @classmethod
    def build(cls, labels: LabelContext) -> Self:
        """The objective for a label space and the labels' counts."""
        return cls(labels, labels.needed_space("sphere"))

    def initialise(self, head: nn.Linear) -> None:
        """Bias at the mean direction of single tags and the prior log-odds; weights small."""
        share = log_prior(self._labels.counts, self._labels.n_images).exp()
        with torch.no_grad():
            head.weight.normal_(std=0.01)
            head.bias[: self.k].copy_(LENGTH * normalize(share @ self.units, dim=0))
            if self.width - self.k == len(self.log_odds):
                head.bias[self.k :].copy_(self.log_odds)

    def forward(self, predicted: Tensor, labels: LabelBatch) -> Tensor:
        """Mean over images of the loss; the likelihoods in nats.

        The cosine of an image whose tags have no embedding is 0 and has no gradient.
        """
        outputs = predicted.float()
        points = outputs[:, : self.k]
        loss = outputs.new_zeros(())
        if self.cosine:
            targets = embedding_bag(labels.indices, self.vectors, labels.offsets, mode="sum")
            loss = loss - self.cosine * cosine_similarity(points, targets, dim=1).mean()
        if self.likelihood:
            evidence = torch.addmm(self.log_odds, points, self.units.T)
            loss = loss + self.likelihood * tag_likelihood(evidence, labels)
        if self.width > self.k:
            loss = loss + logistic_loss(outputs[:, self.k :], labels)
        return loss

    def usable(self, matrix: SparseRows) -> BoolArray:
        """Images with at least one tag that has an embedding."""
        placed = matrix.astype(bool).astype(np.int64) @ self._space.placed.astype(np.int64)
        usable: BoolArray = placed > 0
        return usable
