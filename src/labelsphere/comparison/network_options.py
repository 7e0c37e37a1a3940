"""Options of the network that all methods of a comparison share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from labelsphere.annotations import Annotations
from labelsphere.comparison.settings import ComparisonSettings
from labelsphere.errors import UsageError
from labelsphere.tagger.architecture import Architecture
from labelsphere.tagger.inputs import ImageInputs
from labelsphere.tagger.inputs.augmentation import AUGMENTATIONS
from labelsphere.tagger.inputs.decoding import FITS
from labelsphere.tagger.network import FEATURE_BACKBONE
from labelsphere.tagger.normalisation import channel_normalisation
from labelsphere.tagger.presets import PRESETS, preset
from labelsphere.tagger.pretrained import resolve_pretrained
from labelsphere.tagger.settings import TrainingSettings

FROZEN_SIZE, SIZE = 128, 64
"""Side of a picture for a frozen backbone, and for one that is trained."""

_KEPT_BYTES = 4 * 2**30
"""Decoded pictures are kept in memory where all fit into this."""


@dataclass(frozen=True)
class NetworkOptions:
    """The network, and how pictures are prepared for it.

    Attributes:
        preset: Settings that belong together; options given beside it override it.
        freeze: Whether to train all methods on features of a pretrained backbone that stays as it
            is, computed once and kept beside the table.
        backbone: A timm model, or mlp for feature vectors.
        backbone_options: Further arguments of the backbone, such as '{"drop_path_rate": 0.1}';
            with freeze, of the network on its features.
        pretrained: Weights that the backbone begins with: auto, hub, lite0, lite2, none, or the
            path of a checkpoint. With freeze auto, else none.
        image_size: Side of the square that pictures are brought to, in pixels.
        fit: How a picture becomes a square.
        augment: Random change of pictures while the network is trained on them.
    """

    preset: str | None = field(default=None, metadata={"choices": tuple(PRESETS)})
    freeze: bool = False
    backbone: str | None = None
    backbone_options: Mapping[str, Any] | None = None
    pretrained: str | None = None
    image_size: int | None = field(default=None, metadata={"min": 1})
    fit: str = field(default="pad", metadata={"choices": tuple(FITS)})
    augment: str = field(default="none", metadata={"choices": tuple(AUGMENTATIONS)})


def network_settings(options: NetworkOptions, *, features: bool) -> ComparisonSettings:
    """Settings of a comparison with the network that options ask for.

    Args:
        options: The user's decisions.
        features: Whether feature vectors are given in place of pictures.

    Raises:
        UsageError: If a name is unknown, or the options contradict each other.
        DataError: If the hub was asked for weights and does not answer.
    """
    chosen = None if options.preset is None else preset(options.preset)
    training = TrainingSettings() if chosen is None else chosen.settings
    if options.freeze:
        if features:
            raise UsageError("--freeze computes features of pictures; leave it out with --features")
        weights = resolve_pretrained(options.pretrained or "auto", options.backbone)
        if not weights.trained:
            raise UsageError(f"--freeze needs pretrained weights: {weights.description}")
        network = Architecture(FEATURE_BACKBONE, options.backbone_options)
        return ComparisonSettings(network, training, frozen=weights)
    if features and options.pretrained is not None:
        raise UsageError("--pretrained weights are those of a picture's backbone, not of features")
    base = Architecture() if chosen is None else chosen.architecture
    backbone = options.backbone or (FEATURE_BACKBONE if features else base.backbone)
    # A preset's options are those of its own backbone.
    own = base.options if backbone == base.backbone else None
    given = own if options.backbone_options is None else options.backbone_options
    weights = resolve_pretrained(options.pretrained or "none", backbone)
    return ComparisonSettings(Architecture(backbone, given), training, pretrained=weights.source)


def picture_inputs(
    tags: Annotations, settings: ComparisonSettings, options: NetworkOptions | None = None
) -> ImageInputs:
    """A table's pictures, prepared for the network of a comparison.

    Args:
        tags: The table.
        settings: What the comparison's network begins with.
        options: Size, fit and augmentation.

    Raises:
        UsageError: If the table has no pictures, or an option is wrong.
    """
    pictures, options = tags.require_pictures(), options or NetworkOptions()
    if settings.frozen is not None:
        size, (mean, std) = FROZEN_SIZE, settings.frozen.normalisation
    else:
        size = SIZE if options.preset is None else preset(options.preset).image_size
        backbone, pretrained = settings.architecture.backbone, settings.pretrained is not False
        mean, std = channel_normalisation(backbone, pretrained=pretrained)
    return ImageInputs(
        pictures,
        options.image_size or size,
        options.fit,
        options.augment,
        mean=mean,
        std=std,
        # Features are computed once: no picture is decoded twice.
        memory_limit=0 if settings.frozen is not None else _KEPT_BYTES,
    )
