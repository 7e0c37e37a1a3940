"""Tags read off whole tag sets: those of the counted images that lie near the point."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from labelsphere.arrays import SparseRows
from labelsphere.tagger.decoders.base import Decoder
from labelsphere.tagger.decoders.prior import log_prior
from labelsphere.tagger.label_context import LabelContext

CONCENTRATIONS = (5, 10, 20, 40)
"""Values of κ to choose from, see `TagSetDecoder`: how close to its point an image's tag set is."""

_PRIOR_SHARE = 1e-3

_BLOCK = 1 << 25
"""Weights held at a time: 32 M, 128 MiB."""


def tag_set_decoder(labels: LabelContext, head: nn.Linear, concentration: float) -> "TagSetDecoder":
    """Reads tags off the tag sets near a point of the label space.

    Args:
        labels: The labels' counts and places, and tag sets.
        head: Puts out the k coordinates of a point, and perhaps something after them.
        concentration: κ, above 0.

    Raises:
        UsageError: If there is no label space, or no tag sets.
    """
    sets, places = labels.placed_sets
    width = places.shape[1]
    weight, bias = head.weight.detach().float().cpu(), head.bias.detach().float().cpu()
    return TagSetDecoder(
        weight[:width],
        bias[:width],
        torch.from_numpy(places),
        sets.T.tocsr(),
        log_prior(labels.counts, labels.n_images),
        torch.zeros(len(labels.counts)),
        concentration,
    )


@dataclass(frozen=True)
class TagSetDecoder(Decoder):
    """Ranks labels by the share of images like this one that have them.

    An image and a tag set are points of the same space (§3.2). If images with the tag set C_i are
    predicted around its place e_i with von Mises–Fisher noise of concentration κ, then an image
    predicted at z has that set with probability

        w_i ∝ exp(κ · cos(z, e_i))

    over all sets counted, and tag c with probability Σ w_i·[c ∈ C_i]. The score is the log-odds of
    that, mixed with a thousandth of the tag's prior, so that a tag in no set is still ranked and
    one in every set stays finite.

    Attributes:
        weight: The head's rows of the point, (k, width) float32.
        offset: Its bias, (k,) float32.
        places: Unit vectors e_i, (sets, k) float32.
        holders: Labels × sets, CSR, what is stored counts as 1.
        prior: log p(c), (labels,) float32.
        bias: Added to each label's score, (labels,) float32.
        concentration: κ.
    """

    weight: Tensor
    offset: Tensor
    places: Tensor
    holders: SparseRows
    prior: Tensor
    bias: Tensor
    concentration: float

    features = True

    @property
    def n_labels(self) -> int:
        """Number of labels."""
        return len(self.prior)

    def to(self, device: torch.device) -> "TagSetDecoder":
        """The same on a device."""
        return replace(
            self,
            weight=self.weight.to(device),
            offset=self.offset.to(device),
            places=self.places.to(device),
            prior=self.prior.to(device),
            bias=self.bias.to(device),
        )

    def plus(self, bias: Tensor) -> "TagSetDecoder":
        """The same with something added to each label's score, e.g. a scaled log prior."""
        return replace(self, bias=self.bias + bias.to(self.bias))

    def scores(self, points: Tensor, start: int = 0, stop: int | None = None) -> Tensor:
        """Scores of points for a range of labels; see `Decoder.scores`."""
        labels = slice(start, stop)
        holders = self.holders[labels]
        rows = max(1, _BLOCK // max(1, len(self.places)))
        on_card = None if points.device.type == "cpu" else sparse_on(points.device, holders)
        shares = [
            torch.from_numpy(holders @ self.weights(block).numpy().T).T
            if on_card is None
            else (on_card @ self.weights(block).T).T
            for block in torch.split(points, rows)
        ]
        if not shares:
            return points.new_empty((0, holders.shape[0]))
        held = torch.cat(shares).to(points)
        mixed = (1 - _PRIOR_SHARE) * held + _PRIOR_SHARE * self.prior[labels].exp()
        others = (1 - _PRIOR_SHARE) * (1 - held).clamp_min(0.0)
        others = others + _PRIOR_SHARE * -self.prior[labels].expm1()
        return mixed.log() - others.log() + self.bias[labels]

    def weights(self, points: Tensor) -> Tensor:
        """How likely each tag set is, (rows, sets) float32; rows sum to 1.

        Args:
            points: What enters the head, (rows, width) float32.
        """
        predicted = normalize(points @ self.weight.T + self.offset, dim=1)
        return torch.softmax(self.concentration * (predicted @ self.places.T), dim=1)


def sparse_on(device: torch.device, rows: SparseRows) -> Tensor:
    """Sparse rows on a device, float32. PyTorch multiplies them there, SciPy on a processor."""
    cells = np.stack(rows.nonzero())
    return torch.sparse_coo_tensor(
        torch.from_numpy(cells.astype(np.int64)),
        torch.from_numpy(rows.data.astype(np.float32)),
        rows.shape,
        device=device,
        is_coalesced=True,
        check_invariants=True,
    )
