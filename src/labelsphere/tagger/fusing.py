"""Batch normalisation folded into the convolutions before it, for networks that only answer."""

from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from labelsphere.tagger.network import features_of

_TOLERANCE = 1e-3
"""Largest difference of a feature, as a share of 1 plus the largest feature."""


def fuse_normalisation(network: nn.Module, sample_shape: tuple[int, ...]) -> nn.Module:
    """A copy of a network that answers alike with fewer passes over its values.

    A convolution followed by batch normalisation is one convolution with other weights, as long as
    nothing is trained. On a processor, EfficientNet-Lite0 takes a tenth to half
    less time.

    Which layers follow each other is told from the order in which a module lists them. Where that
    is not the order in which it runs, the copy answers otherwise; then it is given up.

    Args:
        network: Trained, in evaluation mode. It stays as it is.
        sample_shape: Shape of one input.

    Returns:
        The copy, or ``network`` itself where nothing can be folded.
    """
    copied = deepcopy(network).eval()
    with torch.no_grad():
        if not _fold(copied) or not _answer_alike(network, copied, sample_shape):
            return network
    return copied


def _fold(module: nn.Module) -> int:
    """Fold the normalisations of a module and of all within it; how many there were."""
    folded = 0
    before: tuple[str, nn.Module] | None = None
    for name, child in list(module.named_children()):
        if (
            before is not None
            and isinstance(before[1], nn.Conv2d)
            and isinstance(child, nn.BatchNorm2d)
            and child.num_features == before[1].out_channels
            and child.running_mean is not None
        ):
            setattr(module, before[0], fuse_conv_bn_eval(before[1], child))
            # timm's normalisation layers apply the activation too.
            setattr(module, name, getattr(child, "act", nn.Identity()))
            folded += 1
        else:
            folded += _fold(child)
        before = name, child
    return folded


def _answer_alike(network: nn.Module, copied: nn.Module, sample_shape: tuple[int, ...]) -> bool:
    """Whether both make the same of a random input."""
    made = torch.Generator().manual_seed(0)
    sample = torch.randn(2, *sample_shape, generator=made)
    wanted: Tensor = features_of(network, sample)
    try:
        found: Tensor = features_of(copied, sample)
    # A module may reach for something that only its normalisation had.
    except (AttributeError, RuntimeError, TypeError):
        return False
    largest = float((found - wanted).abs().max())
    return largest <= _TOLERANCE * (1 + float(wanted.abs().max()))
