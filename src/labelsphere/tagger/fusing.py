"""Fusing of batch normalisation into convolutions, for inference."""

from copy import deepcopy

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from labelsphere.tagger.network import features_of

_TOLERANCE = 1e-3
"""Tolerance of features, relative to 1 plus the largest feature."""


def fuse_normalisation(network: nn.Module, sample_shape: tuple[int, ...]) -> nn.Module:
    """Copy a network and fuse its batch normalisation into the convolutions before it.

    In evaluation mode, a convolution and batch normalisation are one convolution with other
    weights. On a CPU, EfficientNet-Lite0 then takes 10 to 50 % less time.

    The order of layers is taken from the order of a module's children. If the module runs them in
    another order, the copy computes other features and is discarded.

    Args:
        network: A trained network in evaluation mode. It is not changed.
        sample_shape: Shape of one input.

    Returns:
        The copy, or ``network`` itself if nothing can be fused.
    """
    copied = deepcopy(network).eval()
    with torch.no_grad():
        if not _fold(copied) or not _agree(network, copied, sample_shape):
            return network
    return copied


def _fold(module: nn.Module) -> int:
    """Fuse the normalisations of a module and its children, and return their number."""
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
            # timm's normalisation layers also apply the activation.
            setattr(module, name, getattr(child, "act", nn.Identity()))
            folded += 1
        else:
            folded += _fold(child)
        before = name, child
    return folded


def _agree(network: nn.Module, copied: nn.Module, sample_shape: tuple[int, ...]) -> bool:
    """Return whether both networks compute the same features of a random input."""
    made = torch.Generator().manual_seed(0)
    sample = torch.randn(2, *sample_shape, generator=made)
    wanted: Tensor = features_of(network, sample)
    try:
        found: Tensor = features_of(copied, sample)
    # A module may use an attribute that only its normalisation had.
    except (AttributeError, RuntimeError, TypeError):
        return False
    largest = float((found - wanted).abs().max())
    return largest <= _TOLERANCE * (1 + float(wanted.abs().max()))
