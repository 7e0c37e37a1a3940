"""A backbone that is not trained, and the key of what it computes."""

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
"""Raised when `labelsphere.tagger.inputs.decoding` gives other pixels for the same picture."""


def frozen_backbone(
    weights: PretrainedWeights, sample_shape: tuple[int, ...], options: Mapping[str, Any] | None
) -> nn.Module:
    """A timm model in evaluation mode; equal arguments give equal weights.

    Args:
        weights: The backbone and its weights. Random ones are drawn from a fixed seed.
        sample_shape: (3, height, width).
        options: Further arguments of the timm model.

    Raises:
        UsageError: If the backbone is unknown or does not take such inputs or options.
        DataError: If the weights cannot be had or read.
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
    """Digest of everything but the picture that decides what a backbone computes.

    The values of all weights count, not their name or file. Augmentation does not: features are
    computed without.

    Args:
        network: From `frozen_backbone`.
        weights: The backbone's name.
        preparation: What `ImageInputs.settings` returned.
        options: Further arguments of the timm model.
    """
    described = {
        "version": _VERSION,
        "backbone": weights.backbone,
        "options": dict(options or {}),
        "preparation": {k: v for k, v in preparation.items() if k != "augment"},
        # Either may change what the same weights make of the same picture.
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
