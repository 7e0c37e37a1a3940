"""What a family of decoders offers: candidates, of which each method takes its best."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass, field, replace

from torch import Tensor

from labelsphere.arrays import IntArray
from labelsphere.comparison.bench import Bench
from labelsphere.metrics import Scores
from labelsphere.metrics.scores import DenseScores
from labelsphere.tagger import Tagger
from labelsphere.tagger.decoders import Decoder
from labelsphere.tagger.held_scores import HeldScores
from labelsphere.tagger.scores import DecodedScores

_MOST_SCORES = 1 << 27
"""Scores that are kept, half a GiB."""


@dataclass
class Trained:
    """A trained tagger, with what decoders may learn from.

    The tags of test images are no part of it; those of training images are the ones that the
    protocol shows.

    Attributes:
        bench: The comparison; ``bench.protocol`` says which rows are for what.
        tagger: The tagger.
    """

    bench: Bench
    tagger: Tagger
    _decoder: Decoder | None = None
    _points: dict[tuple[bool, bytes], Tensor] = field(default_factory=dict)
    _scores: dict[tuple[str | None, bytes], Tensor] = field(default_factory=dict)

    def read_by(self, reading: str | None) -> "Trained":
        """The same network, read by a decoder of a name; as it is if None."""
        if reading is None:
            return self
        tagger = copy(self.tagger)
        tagger.architecture = replace(tagger.architecture, decoder=reading)
        return Trained(self.bench, tagger, _points=self._points, _scores=self._scores)

    def points(self, rows: IntArray) -> Tensor:
        """What the network makes of some images, (rows, width) float32; computed once."""
        key = self.decoder().features, rows.tobytes()
        if key not in self._points:
            self._points[key] = self.tagger.points(self.bench.inputs, rows)
        return self._points[key]

    def decoder(self) -> Decoder:
        """The tagger's own decoder, called "as trained"; built once."""
        if self._decoder is None:
            self._decoder = self.tagger.decoder()
        return self._decoder

    def scores(self, rows: IntArray, bias: Tensor | None = None) -> Scores:
        """Scores of some images, with something added to each label's.

        The last ones without it are kept, where they fit: many biases are tried on the same.
        """
        plain, points = self.decoder(), self.points(rows)
        if len(rows) * plain.n_labels > _MOST_SCORES:
            return DecodedScores(points, plain if bias is None else plain.plus(bias))
        key = self.tagger.architecture.decoder, rows.tobytes()
        if key not in self._scores:
            self._scores.clear()
            self._scores[key] = plain.scores(points)
        kept = self._scores[key]
        summed = kept if bias is None else kept + bias.to(kept.device)
        return DenseScores(summed.numpy()) if summed.device.type == "cpu" else HeldScores(summed)


@dataclass(frozen=True)
class Candidate:
    """One decoder.

    Attributes:
        parameters: What sets it apart from the family's others, as the results hold it.
        size: How far it is from decoding as trained: of equal figures the smallest wins.
        scores: From rows of the table to scores over all labels.
    """

    parameters: dict[str, float]
    size: float
    scores: Callable[[IntArray], Scores]


class Family(ABC):
    """A way to decode with parts that are chosen on the validation images, alike for all methods.

    Attributes:
        name: Key in `FAMILIES`.
    """

    name: str

    @abstractmethod
    def candidates(self, trained: Trained) -> Sequence[Candidate]:
        """The family's decoders for one trained tagger, the same number for every method."""

    @abstractmethod
    def grid(self) -> Sequence[object]:
        """What the candidates are made from, as JSON types: another grid, other results."""
