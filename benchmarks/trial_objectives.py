"""Objectives that were tried for the sphere, and not kept, with their decoders."""

from collections.abc import Callable
from typing import Self

import torch
from torch import Tensor, nn
from torch.nn.functional import embedding_bag, normalize, softplus

from labelsphere.tagger.decoders import Decoder, LinearDecoder, log_prior, posterior_decoder
from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.objectives import Objective, prior_log_odds
from labelsphere.tagger.objectives.softmax import mean_cross_entropy
from labelsphere.tagger.objectives.sphere import Sphere

CONFIDENCE = 10.0
"""What distances and decoded products of unit length are multiplied with."""


class Regression(Objective):
    """Squared distance to the unit target: the output's length is to say how sure it is."""

    needs_space = True
    outputs = "points"

    def __init__(self, labels: LabelContext) -> None:
        super().__init__()
        space = labels.needed_space("regression")
        self._labels, self._space = labels, space
        self.width = space.dim
        self.register_buffer("vectors", torch.from_numpy(space.vectors), persistent=False)

    vectors: Tensor

    @classmethod
    def build(cls, labels: LabelContext) -> Self:
        """The objective for a label space."""
        return cls(labels)

    def initialise(self, head: nn.Linear) -> None:
        """Near 0: as unsure as can be."""
        with torch.no_grad():
            head.weight.normal_(std=0.003)
            head.bias.zero_()

    def forward(self, predicted: Tensor, labels: LabelBatch) -> Tensor:
        """Mean over images of the squared distance."""
        targets = embedding_bag(labels.indices, self.vectors, labels.offsets, mode="sum")
        away = predicted.float() - normalize(targets, dim=1)
        return CONFIDENCE * away.square().sum(dim=1).mean()

    def decoder(self, head: nn.Linear) -> Decoder:  # noqa: ARG002 - the places are fixed
        """Information, from the length, plus prior."""
        plain = posterior_decoder(self._labels, self._space)
        return LinearDecoder(CONFIDENCE * plain.vectors, plain.bias)


class DotProduct(Objective):
    """Softmax or sigmoids by dot product with the tags' places, bias at the prior.

    Args:
        labels: Counts and places.
        softmax: One softmax over tags, or else a sigmoid each.
        trained: Whether the places are only where training starts.
        free: Whether outputs without a place are added, a log-odds each, from 0.
    """

    needs_space = True

    def __init__(
        self, labels: LabelContext, *, softmax: bool, trained: bool = False, free: bool = False
    ) -> None:
        super().__init__()
        space = labels.needed_space("dot product")
        self.dim, self.softmax, self.free = space.dim, softmax, free
        self.width = space.dim + (len(labels.counts) if free else 0)
        units = torch.from_numpy(space.unit_vectors).clone()
        self.places = nn.Parameter(units, requires_grad=trained)
        self.bias = (
            log_prior(labels.counts, labels.n_images)
            if softmax
            else torch.from_numpy(prior_log_odds(labels.counts, labels.n_images))
        )

    @classmethod
    def build(cls, labels: LabelContext) -> Self:
        """Softmax by fixed places."""
        return cls(labels, softmax=True)

    def initialise(self, head: nn.Linear) -> None:
        """The bias is what counts at first."""
        with torch.no_grad():
            head.weight.normal_(std=0.01)
            head.bias.zero_()

    def forward(self, predicted: Tensor, labels: LabelBatch) -> Tensor:
        """Mean cross-entropy over images."""
        points = predicted.float()
        logits = points[:, : self.dim] @ self.places.T + self.bias
        if self.free:
            logits = logits + points[:, self.dim :]
        if self.softmax:
            return mean_cross_entropy(logits, labels) / len(logits)
        true = logits[labels.image_of_tag(), labels.indices]
        return (softplus(logits).sum() - true.sum()) / len(logits)

    def decoder(self, head: nn.Linear) -> Decoder:  # noqa: ARG002 - it reads the outputs
        """The logits."""
        places = self.places.detach()
        if self.free:
            places = torch.cat([places, torch.eye(len(places))], dim=1)
        return LinearDecoder(places, self.bias)


class SetLikelihood(Sphere):
    """The sphere with one loss more: how likely the tags are by the tag sets near the point.

    An image's own tag set, and others equal to it, are left out, as they are for a new image.

    Args:
        labels: Counts, places and tag sets.
        weight: Of the cross-entropy, in nats.
        concentration: κ.
    """

    def __init__(
        self, labels: LabelContext, weight: float = 0.3, concentration: float = 10.0
    ) -> None:
        super().__init__(labels, labels.needed_space("set likelihood"))
        members, places = labels.placed_sets
        self.weight, self.concentration = weight, concentration
        self.places = torch.from_numpy(places)
        self.members = torch.from_numpy(members.toarray())

    @classmethod
    def build(cls, labels: LabelContext) -> Self:
        """The objective for a label space and tag sets."""
        return cls(labels)

    def forward(self, predicted: Tensor, labels: LabelBatch) -> Tensor:
        """Mean over images of the loss."""
        points = normalize(predicted[:, : self.posterior.width].float(), dim=1)
        vectors = self.posterior.vectors
        targets = embedding_bag(labels.indices, vectors, labels.offsets, mode="sum")
        own = normalize(targets, dim=1) @ self.places.T > 0.9999
        logits = (self.concentration * (points @ self.places.T)).masked_fill(own, -1e9)
        shares = torch.softmax(logits, dim=1) @ self.members
        likely = shares.clamp(min=1e-4) / shares.sum(dim=1, keepdim=True)
        image = labels.image_of_tag()
        told = likely[image, labels.indices].log() / torch.bincount(image)[image]
        plain: Tensor = super().forward(predicted, labels)
        return plain - self.weight * told.sum() / len(points)


TRIED: dict[str, Callable[[LabelContext], Objective]] = {
    "squared distance, length as confidence": Regression,
    "softmax by fixed places": lambda labels: DotProduct(labels, softmax=True),
    "softmax by places that are trained": lambda labels: DotProduct(
        labels, softmax=True, trained=True
    ),
    "softmax by fixed places and free outputs": lambda labels: DotProduct(
        labels, softmax=True, free=True
    ),
    "sigmoids by fixed places": lambda labels: DotProduct(labels, softmax=False),
    "sigmoids by places that are trained": lambda labels: DotProduct(
        labels, softmax=False, trained=True
    ),
    "sigmoids by fixed places and free outputs": lambda labels: DotProduct(
        labels, softmax=False, free=True
    ),
}
