"""Sparse regression (§2, [11]): the few labels whose vectors add up to a point."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from labelsphere.space import LabelSpace
from labelsphere.tagger.decoders.base import Decoder
from labelsphere.tagger.decoders.cosine import cosine_decoder
from labelsphere.tagger.decoders.kind import DecoderKind
from labelsphere.tagger.label_context import LabelContext


class PursuitKind(DecoderKind):
    """Orthogonal matching pursuit: see `omp_decoder`."""

    description = "the few labels whose vectors add up to the point (orthogonal matching pursuit)"
    reads = ("points",)

    def terms(
        self,
        labels: LabelContext,
        head: nn.Linear,  # noqa: ARG002 - embeddings are fixed
    ) -> tuple["PursuitDecoder"]:
        """One term: weights of the labels taken, products with the rest for others."""
        return (omp_decoder(labels),)


def omp_decoder(labels: LabelContext) -> "PursuitDecoder":
    """Orthogonal matching pursuit for as many labels as a training image has in the mean.

    Raises:
        UsageError: If there is no label space.
    """
    space = labels.needed_space("omp")
    atoms = round(float(labels.counts.sum()) / max(1, labels.n_images))
    return pursuit_decoder(space, min(max(1, atoms), int(space.placed.sum()), space.dim))


def pursuit_decoder(space: LabelSpace, atoms: int) -> "PursuitDecoder":
    """The decoder of a space for a number of labels, at least 1."""
    cosine = cosine_decoder(space)
    return PursuitDecoder(cosine.vectors, cosine.bias, atoms)


@dataclass(frozen=True)
class PursuitDecoder(Decoder):
    """Ranks labels by orthogonal matching pursuit, which every point goes through by itself.

    With the labels' unit vectors as columns of A and y a point at unit norm: some times, the label
    is taken that goes best with what is left of y, and all taken are fitted to y again by least
    squares. Labels are added to sets, never taken off: the largest product counts, not the largest
    by magnitude. The scores are x + Aᵀ(y − A·x), x the weights of the labels taken: their weights,
    and the cosine-like product with what is left for all others. With no label taken this would
    be the cosine decoder.

    Attributes:
        vectors: Unit vectors, one row per label, (labels, width) float32; zero rows are not taken.
        bias: Added to each label's score, (labels,) float32; it does not bear on what is taken.
        atoms: How many labels are taken.
        features: Always off: points are the network's outputs.
    """

    vectors: Tensor
    bias: Tensor
    atoms: int
    features: bool = False

    @property
    def n_labels(self) -> int:
        """Number of labels."""
        return len(self.vectors)

    def to(self, device: torch.device) -> "PursuitDecoder":
        """Return the decoder on a device."""
        return replace(self, vectors=self.vectors.to(device), bias=self.bias.to(device))

    def plus(self, bias: Tensor) -> "PursuitDecoder":
        """Return the decoder with a bias added to each label's score, e.g. a scaled log prior."""
        return replace(self, bias=self.bias + bias.to(self.bias))

    def scores(self, points: Tensor, start: int = 0, stop: int | None = None) -> Tensor:
        """Scores of points for a range of labels; see `Decoder.scores`."""
        left, taken, weights = self.pursue(normalize(points, dim=1))
        all_scores = left @ self.vectors.T
        all_scores.scatter_add_(1, taken, weights)
        return (all_scores + self.bias)[:, start:stop]

    def pursue(self, points: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """What is left of points, the labels taken and their weights.

        Args:
            points: (rows, width) float32.

        Returns:
            (rows, width) float32, (rows, atoms) int64 and (rows, atoms) float32.
        """
        left = points
        taken = torch.empty((len(points), 0), dtype=torch.int64, device=points.device)
        weights = points.new_empty((len(points), 0))
        possible = self.vectors.any(dim=1)
        for _ in range(self.atoms):
            fit = (left @ self.vectors.T).masked_fill(~possible, -torch.inf)
            # What is left is orthogonal to the labels taken only up to rounding.
            fit.scatter_(1, taken, -torch.inf)
            taken = torch.cat([taken, fit.argmax(dim=1, keepdim=True)], dim=1)
            atoms = self.vectors[taken]
            weights = _least_squares(atoms, points)
            left = points - (weights[:, None] @ atoms)[:, 0]
        return left, taken, weights


def _least_squares(atoms: Tensor, points: Tensor) -> Tensor:
    """Weights of each row's atoms (rows, atoms, width) whose sum is nearest to its point."""
    chosen = atoms.double()
    gram = chosen @ chosen.transpose(1, 2)
    # Two labels with one embedding leave their weights open: the least ridge shares them equally.
    gram = gram + 1e-8 * torch.eye(gram.shape[1], dtype=gram.dtype, device=gram.device)
    target = (chosen @ points.double()[:, :, None])[:, :, 0]
    weights: Tensor = torch.linalg.solve(gram, target)
    return weights.to(points.dtype)
