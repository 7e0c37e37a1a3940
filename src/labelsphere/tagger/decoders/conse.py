"""ConSE: a classifier's best guesses, mixed in a label space (Norouzi et al. 2014)."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn

from labelsphere.errors import UsageError
from labelsphere.tagger.decoders.base import Decoder
from labelsphere.tagger.decoders.cosine import cosine_decoder
from labelsphere.tagger.decoders.kind import DecoderKind
from labelsphere.tagger.decoders.linear import LinearDecoder
from labelsphere.tagger.decoders.logistic import logistic_decoder
from labelsphere.tagger.label_context import LabelContext

_GUESSES = 10
"""The number of guesses that the paper settles for."""


class MixtureKind(DecoderKind):
    """A classifier's best guesses mixed in the label space: see `conse_decoder`."""

    description = "cosine to the mean embedding of a classifier's ten best labels (ConSE)"
    reads = ("logits",)

    def terms(
        self,
        labels: LabelContext,
        head: nn.Linear,
    ) -> tuple["MixtureDecoder"]:
        """One term, the cosine to the mixture."""
        return (conse_decoder(labels, head),)


def conse_decoder(labels: LabelContext, head: nn.Linear) -> "MixtureDecoder":
    """A classifier's ten best guesses, mixed in the label space.

    Raises:
        UsageError: If there is no label space.
    """
    space = labels.space
    if space is None:
        raise UsageError("decoder 'conse' needs a label space to mix the labels in")
    places = cosine_decoder(space)
    # Labels without an embedding, or that no training image had, are no guesses to mix.
    unusable = torch.from_numpy(~space.placed | (labels.counts == 0))
    closed = torch.zeros(len(unusable)).masked_fill(unusable, -torch.inf)
    guesses = min(_GUESSES, max(1, int((~unusable).sum())))
    return MixtureDecoder(logistic_decoder(head).plus(closed), places, guesses)


@dataclass(frozen=True)
class MixtureDecoder(Decoder):
    """Ranks labels by cosine to Σ p_t·s_t / Σ p_t over the classifier's T likeliest labels.

    s_t are the labels' unit vectors. Labels that the classifier has never seen are ranked like all
    others, by their embeddings alone: zero-shot. Training is that of a classifier; the label space
    has no part in it.

    Attributes:
        classifier: Log-odds of the labels; −∞ for labels to leave out of the mixture.
        places: The cosine decoder of the label space.
        guesses: T.
    """

    classifier: LinearDecoder
    places: LinearDecoder
    guesses: int

    @property
    def features(self) -> bool:
        """Whether points are the head's inputs: those of the classifier."""
        return self.classifier.features

    @property
    def n_labels(self) -> int:
        """Number of labels."""
        return self.places.n_labels

    def to(self, device: torch.device) -> "MixtureDecoder":
        """Return the decoder on a device."""
        return replace(self, classifier=self.classifier.to(device), places=self.places.to(device))

    def plus(self, bias: Tensor) -> "MixtureDecoder":
        """Return the decoder with a bias added to each label's score, e.g. a scaled log prior."""
        return replace(self, places=self.places.plus(bias))

    def mixture(self, points: Tensor) -> Tensor:
        """Points of the label space, (rows, dim) float32.

        Args:
            points: What the classifier takes, (rows, width) float32.
        """
        likeliest = self.classifier.scores(points).topk(self.guesses, dim=1)
        weights = likeliest.values.sigmoid()
        total = weights.sum(dim=1, keepdim=True).clamp_min(torch.finfo(weights.dtype).tiny)
        mixed: Tensor = (weights / total)[:, None] @ self.places.vectors[likeliest.indices]
        return mixed[:, 0]

    def scores(self, points: Tensor, start: int = 0, stop: int | None = None) -> Tensor:
        """Scores of points for a range of labels; see `Decoder.scores`."""
        return self.places.scores(self.mixture(points), start, stop)
