"""Pretrained weights of backbones: from the Hugging Face Hub, a package or a file."""

from labelsphere.tagger.pretrained.packages import PACKAGES, WeightsPackage
from labelsphere.tagger.pretrained.resolving import (
    DEFAULT_BACKBONE,
    PRETRAINED,
    resolve_pretrained,
)
from labelsphere.tagger.pretrained.weights import PretrainedWeights

__all__ = [
    "DEFAULT_BACKBONE",
    "PACKAGES",
    "PRETRAINED",
    "PretrainedWeights",
    "WeightsPackage",
    "resolve_pretrained",
]
