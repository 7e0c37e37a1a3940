"""The recommended objective: a point on the sphere and an output a tag, read together."""

from typing import Self

from torch import Tensor, nn

from labelsphere.space import LabelSpace
from labelsphere.tagger.decoders import CONCENTRATIONS
from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.objectives.base import Objective
from labelsphere.tagger.objectives.logistic import Logistic
from labelsphere.tagger.objectives.posterior import LENGTH, Posterior
from labelsphere.tagger.objectives.softmax import Softmax

LOGISTIC = 0.1
"""Weight of the logistic loss, a sum over classes, beside a cosine of at most 1."""
SOFTMAX = 0.5
"""Weight of the softmax's cross-entropy, in nats."""


class Sphere(Objective):
    """One network that says where an image points, and which tags it has.

    The head's first k outputs are a point of the label space, trained as `Posterior`: it knows
    which tags go together, and is right early and from few pictures. The others are log-odds of
    the tags, trained as `Logistic` and `Softmax` at once: they find what sets a tag apart from
    its neighbours, given enough pictures. The sigmoids say how likely each tag is by itself; the
    softmax has tags compete, and an image with one tag counts as much as one with twenty.

        loss = posterior's loss + logistic · logistic loss + softmax · softmax's cross-entropy

    Both estimate how likely a tag is, and are read as experts are mixed (Hinton 2002), by the mean
    of z·u_c + log p(c) and of the log-odds (`both_decoder`). Where pictures are few, the point
    alone may do better, and the classifier is then what it learns beside; or the tag sets of
    other images that lie near the point (`tag_set_decoder`), by themselves or in the mean with
    both. A comparison chooses between these `readings` on its validation images.

    Args:
        labels: Counts of the labels.
        space: Where the labels are.
        logistic: Weight of the logistic loss, 0 or more.
        softmax: Weight of the softmax's cross-entropy, 0 or more.
        length: Length of the points before training, above 0.
    """

    needs_space = True
    decoder = "sphere"
    outputs = "both"
    readings = (
        *("both", "point", "classifier"),
        *(f"tag_sets_{κ}" for κ in CONCENTRATIONS),
        *(f"both_and_tag_sets_{κ}" for κ in CONCENTRATIONS),
    )

    def __init__(
        self,
        labels: LabelContext,
        space: LabelSpace,
        logistic: float = LOGISTIC,
        softmax: float = SOFTMAX,
        length: float = LENGTH,
    ) -> None:
        super().__init__()
        self.posterior = Posterior(labels, space, length=length)
        self.logistic = Logistic(labels.counts, labels.n_images)
        self.softmax = Softmax(labels.counts, labels.n_images)
        self.width = self.posterior.width + self.logistic.width
        self.weights = logistic, softmax
        self._labels = labels

    @classmethod
    def build(cls, labels: LabelContext) -> Self:
        """The objective for a label space and the labels' counts."""
        return cls(labels, labels.needed_space("sphere"))

    def initialise(self, head: nn.Linear) -> None:
        """The point as `Posterior` starts it, the log-odds as `Logistic` does."""
        k = self.posterior.width
        self.posterior.initialise(_outputs(head, 0, k))
        self.logistic.initialise(_outputs(head, k, self.width))

    def forward(self, predicted: Tensor, labels: LabelBatch) -> Tensor:
        """Mean over images of the loss."""
        k = self.posterior.width
        pointing: Tensor = self.posterior(predicted[:, :k], labels)
        log_odds = predicted[:, k:]
        logistic, softmax = self.weights
        classifying: Tensor = logistic * self.logistic(log_odds, labels)
        classifying = classifying + softmax * self.softmax(log_odds, labels)
        return pointing + classifying


def _outputs(head: nn.Linear, start: int, stop: int) -> nn.Linear:
    """Some of a head's outputs as a layer of its own, over the same memory."""
    part = nn.Linear(head.in_features, stop - start, device="meta")
    part.weight = nn.Parameter(head.weight.detach()[start:stop])
    part.bias = nn.Parameter(head.bias.detach()[start:stop])
    return part
