"""Network and pictures of a comparison, from the options of a training."""

from labelsphere.annotations import Annotations
from labelsphere.comparison.settings import ComparisonSettings
from labelsphere.errors import UsageError
from labelsphere.tagger.architecture import Architecture
from labelsphere.tagger.inputs import ImageInputs
from labelsphere.tagger.network import FEATURE_BACKBONE
from labelsphere.tagger.normalisation import channel_normalisation
from labelsphere.tagger.options import TrainingOptions
from labelsphere.tagger.presets import preset
from labelsphere.tagger.pretrained import resolve_pretrained
from labelsphere.tagger.settings import TrainingSettings

FROZEN_SIZE, SIZE = 128, 64
"""Side of a picture for a frozen backbone, and for one that is trained."""

_KEPT_BYTES = 4 * 2**30
"""Decoded pictures are kept in memory where all fit into this."""


def network_settings(options: TrainingOptions, *, features: bool) -> ComparisonSettings:
    """Settings of a comparison with the network that options ask for.

    Args:
        options: Preset, backbone, its options and weights; and whether it is frozen: then the
            options are those of the network on its features, and weights are found as for
            ``"auto"`` unless named.
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
    tags: Annotations, settings: ComparisonSettings, options: TrainingOptions | None = None
) -> ImageInputs:
    """A table's pictures, prepared for the network of a comparison.

    Args:
        tags: The table.
        settings: What the comparison's network begins with.
        options: Size, fit and augmentation.

    Raises:
        UsageError: If the table has no pictures, or an option is wrong.
    """
    pictures, options = tags.require_pictures(), options or TrainingOptions()
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
        options.augment or "none",
        mean=mean,
        std=std,
        # Features are computed once: no picture is decoded twice.
        memory_limit=0 if settings.frozen is not None else _KEPT_BYTES,
    )
