"""What a network is built from and read with, by names."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Architecture:
    """What a network is built from.

    Attributes:
        backbone: Name of a timm model, or ``"mlp"`` for feature vectors.
        options: Further arguments of the timm model.
        objective: ``"cosine"`` (the paper's), ``"logistic"`` or another name of ``OBJECTIVES``.
        decoder: A name of ``DECODERS``, or None for the decoder that belongs to the objective.
        feature_network: Arguments of a `FeatureNetwork` between a picture's backbone and the head,
            as a tagger trained on the features of a frozen backbone has; None for no such network.
    """

    backbone: str = "resnet18"
    options: Mapping[str, Any] | None = None
    objective: str = "cosine"
    decoder: str | None = None
    feature_network: Mapping[str, Any] | None = None
