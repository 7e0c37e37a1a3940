"""The baseline's objective (§4.3.3): an independent sigmoid for each class."""

from torch import Tensor
from torch.nn.functional import softplus

from labelsphere.tagger.label_batch import LabelBatch
from labelsphere.tagger.objectives.classifier import Classifier


class Logistic(Classifier):
    """Binary cross-entropy, summed over classes and averaged over images.

    With logits z and true classes C, −Σ log σ(z_c) − Σ log(1 − σ(z_n)) over the others equals
    Σ_n softplus(z_n) − Σ_{c ∈ C} z_c: the labels stay sparse, and nothing overflows.

    Args:
        counts: Training images of each label, (labels,).
        n_images: Number of training images.
    """

    description = "logistic regression: an independent sigmoid for each label"

    def forward(self, predicted: Tensor, labels: LabelBatch) -> Tensor:
        """Mean over images of the cross-entropy summed over all classes, in nats."""
        return logistic_loss(predicted.float(), labels)


def logistic_loss(logits: Tensor, labels: LabelBatch) -> Tensor:
    """Mean over images of the cross-entropy summed over all classes, in nats.

    Args:
        logits: (images, labels) float32.
        labels: The images' labels.
    """
    true = logits[labels.image_of_tag(), labels.indices]
    return (softplus(logits).sum() - true.sum()) / len(logits)
