"""What every objective offers: how wide the head is, how it starts, the loss, and the decoder."""

from abc import abstractmethod
from typing import ClassVar, Self

from torch import Tensor, nn

from labelsphere.arrays import BoolArray, SparseRows
from labelsphere.tagger.decoders import DecoderKind, Outputs
from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.label_context import LabelContext


class Objective(nn.Module):
    """A loss between the network's outputs and the labels of the images.

    A subclass sets ``width`` and overrides `build` and `forward`; the rest has a
    default. Losses are computed in float32 whatever precision the network runs in: bfloat16 has
    8 bits, too few for sums over thousands of classes.

    Attributes:
        description: One line for help, errors and model cards.
        width: Number of outputs that the network's head must have.
        needs_space: Whether it can do nothing without a label space.
        decoder: The decoder that belongs to the objective: a name of ``DECODERS``, or a class or
            instance of `DecoderKind`.
        outputs: What the network puts out: ``"logits"`` of the labels, ``"points"`` of the label
            space, or ``"both"``. Networks that put out points can go on with other labels.
    """

    description: ClassVar[str]
    width: int
    needs_space: bool = False
    decoder: str | DecoderKind | type[DecoderKind] = "logistic"
    outputs: Outputs = "logits"

    @classmethod
    @abstractmethod
    def build(cls, labels: LabelContext) -> Self:
        """The objective for some labels.

        Raises:
            UsageError: If it needs a label space and there is none.
        """

    @abstractmethod
    def forward(self, predicted: Tensor, labels: LabelBatch) -> Tensor:
        """Mean loss of a batch.

        Args:
            predicted: Outputs of the head, (images, ``width``).
            labels: The labels of the same images.

        Returns:
            A scalar, float32.
        """

    def initialise(self, head: nn.Linear) -> None:
        """Set the head's first weights; the default leaves the backbone's own."""

    def usable(self, matrix: SparseRows) -> BoolArray:
        """Which images have a target to learn from.

        Args:
            matrix: CSR, images × labels.

        Returns:
            Boolean, (images,). The default takes images with at least one tag.
        """
        return matrix.indptr[1:] > matrix.indptr[:-1]
