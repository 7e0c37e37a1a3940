"""Frozen backbones, and cache keys of their features."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import PIL
import timm
import torch
from torch import nn

from labelsphere.tagger.network import build_network
from labelsphere.tagger.pretrained import PretrainedWeights

_VERSION = 1
"""Version of the decoding; increased if the same picture gives other pixels."""


def frozen_backbone(
    weights: PretrainedWeights, sample_shape: tuple[int, ...], options: Mapping[str, Any] | None
) -> nn.Module:
    """Build a timm model in evaluation mode; equal arguments give equal weights.

    Args:
        weights: The backbone and its weights. Random weights use a fixed seed.
        sample_shape: (3, height, width).
        options: Additional arguments of the timm model.

    Raises:
        UsageError: If the backbone is unknown or does not accept the inputs or options.
        DataError: If the weights cannot be downloaded or read.
    """
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        network = build_network(
            weights.backbone, 1, sample_shape, options=options, pretrained=weights.source
        )
    return network.eval().requires_grad_(False)


def feature_key(
    network: nn.Module,
    weights: PretrainedWeights,
    preparation: Mapping[str, Any],
    options: Mapping[str, Any] | None,
) -> str:
    """Hash everything except the picture that determines a backbone's features.

    This includes the values of all weights, but not their name or file. It excludes augmentation,
    because features are computed without it.

    Args:
        network: Network from `frozen_backbone`.
        weights: Weights with the name of the backbone.
        preparation: Settings from `ImageInputs.settings`.
        options: Additional arguments of the timm model.
    """
    described = {
        "version": _VERSION,
        "backbone": weights.backbone,
        "options": dict(options or {}),
        "preparation": {k: v for k, v in preparation.items() if k != "augment"},
        # Another version may compute other features from the same weights and picture.
        "timm": timm.__version__,
        "pillow": PIL.__version__,
    }
    digest = hashlib.sha256(json.dumps(described, sort_keys=True, default=str).encode())
    classifier = network.get_classifier()  # type: ignore[operator] # timm's
    head = {id(value) for value in classifier.parameters()}
    own = network.state_dict(keep_vars=True)
    for name, value in own.items():
        if id(value) not in head:
            digest.update(name.encode())
            digest.update(value.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()[:24]
