"""Names of a network's backbone, objective and decoder."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labelsphere.tagger.decoders import DecoderKind, decoder_name
from labelsphere.tagger.objectives import Objective, objective_name


@dataclass(frozen=True, init=False)
class Architecture:
    """Names of a network's backbone, objective and decoder, with options.

    Args:
        backbone: Name of a timm model, or ``"mlp"`` for feature vectors.
        options: Additional arguments of the timm model.
        objective: ``"cosine"`` (the paper's), ``"logistic"`` or another name of ``OBJECTIVES``; or
            a subclass of `Objective` or an instance, whose class is then registered in
            ``OBJECTIVES``.
        decoder: A name of ``DECODERS``, or a subclass of `DecoderKind` or an instance, which is
            registered too; None for the objective's default decoder.
        feature_network: Arguments of a `FeatureNetwork` between backbone and head, for a tagger
            trained on the features of a frozen backbone; None for no such network.

    Raises:
        UsageError: If a class has the name of a built-in objective or decoder.

    Attributes:
        backbone: As given.
        options: As given.
        objective: The objective's name.
        decoder: The decoder's name, or None.
        feature_network: As given.
    """

    backbone: str
    options: Mapping[str, Any] | None
    objective: str
    decoder: str | None
    feature_network: Mapping[str, Any] | None

    def __init__(
        self,
        backbone: str = "resnet18",
        options: Mapping[str, Any] | None = None,
        objective: str | type[Objective] | Objective = "cosine",
        decoder: str | type[DecoderKind] | DecoderKind | None = None,
        feature_network: Mapping[str, Any] | None = None,
    ) -> None:
        values = {
            "backbone": backbone,
            "options": options,
            "objective": objective_name(objective),
            "decoder": decoder_name(decoder),
            "feature_network": feature_network,
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)
