"""The likelihood of an image's tags under logits: sigmoids and a softmax at once."""

from typing import Any

import torch
from torch import Tensor

from labelsphere.tagger.label_batch import LabelBatch

SIGMOIDS = 0.1
"""Weight of the logistic loss, a sum over labels."""
SOFTMAX = 0.25
"""Weight of the softmax's cross-entropy with equal shares for an image's tags."""


def tag_likelihood(logits: Tensor, labels: LabelBatch) -> Tensor:
    """Mean over images of the negative log-likelihood ℓ of their tags, in nats.

        ℓ(x) = 0.1 · (Σ_n softplus(x_n) − Σ_{c ∈ C} x_c)
               + 0.25 · (log Σ_n exp x_n − mean of x_c over C)

    The sigmoids say how likely each tag is by itself; in the softmax tags compete, and an image
    with one tag counts as much as one with twenty. Images without tags have no softmax. Computed
    in float32; value and gradient share one pass over the logits, which costs what the logistic
    loss alone does.

    Args:
        logits: (images, labels) float32.
        labels: The images' labels.

    Returns:
        A scalar.
    """
    image = labels.image_of_tag()
    tags = torch.bincount(image, minlength=len(logits))
    loss: Tensor = _TagLikelihood.apply(logits, image, labels.indices, tags)
    return loss / max(1, len(logits))


class _TagLikelihood(torch.autograd.Function):
    """The sum over images, with its gradient computed on the way."""

    @staticmethod
    def forward(ctx: Any, logits: Tensor, image: Tensor, indices: Tensor, tags: Tensor) -> Tensor:
        """The sum of the losses; see `tag_likelihood`."""
        highest = logits.max(dim=1, keepdim=True).values
        likely = (logits - highest).exp_()
        total = likely.sum(dim=1, keepdim=True)
        tagged = (tags > 0).to(logits.dtype)
        true = logits[image, indices]
        share = SIGMOIDS + SOFTMAX / tags.clamp_min(1).to(logits.dtype)
        competing = (highest + total.log())[:, 0]
        loss = SIGMOIDS * torch.nn.functional.softplus(logits).sum()
        loss += SOFTMAX * (competing @ tagged) - true @ share[image]
        # SIGMOIDS · sigmoid + SOFTMAX · softmax, less what the tags have.
        slope = torch.sigmoid(logits).mul_(SIGMOIDS)
        slope.addcmul_(likely, SOFTMAX * tagged[:, None] / total)
        slope.index_put_((image, indices), -share[image], accumulate=True)
        ctx.save_for_backward(slope)
        return loss

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None, None, None]:
        """The gradient with respect to the logits."""
        (slope,) = ctx.saved_tensors
        return grads[0] * slope, None, None, None
