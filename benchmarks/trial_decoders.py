"""A decoder that was tried beside those of the package."""

from dataclasses import dataclass, fields

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from labelsphere.tagger.decoders.tag_sets import TagSetDecoder, tag_set_decoder
from labelsphere.tagger.label_context import LabelContext


def guessed_sets(labels: LabelContext, concentration: float) -> "GuessedSets":
    """Tag sets near the tags that a classifier guesses: does it gain what the sphere gains?"""
    space = labels.needed_space("guessed sets")
    sets = tag_set_decoder(labels, nn.Linear(1, space.dim), concentration)
    given = {field.name: getattr(sets, field.name) for field in fields(sets)}
    return GuessedSets(**given, vectors=torch.from_numpy(space.vectors))


@dataclass(frozen=True)
class GuessedSets(TagSetDecoder):
    """Tag sets near Σ p_c·E_c, with p_c a classifier's probabilities.

    Attributes:
        vectors: Places of the tags, (labels, k) float32.
    """

    vectors: Tensor

    features = False

    def weights(self, points: Tensor) -> Tensor:
        """How likely each tag set is, (rows, sets) float32, by a classifier's log-odds."""
        predicted = normalize(points.sigmoid() @ self.vectors, dim=1)
        return torch.softmax(self.concentration * (predicted @ self.places.T), dim=1)
