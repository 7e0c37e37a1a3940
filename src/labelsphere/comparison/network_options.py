"""Options of the network that all methods of a comparison share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labelsphere.annotations import Annotations
from labelsphere.errors import UsageError
from labelsphere.tagger.architecture import Architecture
from labelsphere.tagger.inputs import ImageInputs
from labelsphere.tagger.inputs.augmentation import AUGMENTATIONS
from labelsphere.tagger.inputs.decoding import FITS
from labelsphere.tagger.network import FEATURE_BACKBONE
from labelsphere.tagger.normalisation import Normalisation, channel_normalisation
from labelsphere.tagger.presets import PRESETS, preset
from labelsphere.tagger.pretrained import PretrainedWeights, resolve_pretrained
from labelsphere.tagger.settings import TrainingSettings

FROZEN_SIZE, SIZE = 128, 64
"""Side of a picture for a frozen backbone, and for one that is trained."""


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


@dataclass(frozen=True)
class SharedNetwork:
    """The network of a comparison, and what belongs to it.

    Attributes:
        architecture: Its backbone.
        training: The preset's settings, or the defaults.
        image_size: Side of a picture in pixels.
        normalisation: Mean and standard deviation of a picture's channels.
        pretrained: What the backbone begins with, see
            `labelsphere.tagger.network.build_network`.
        frozen: The backbone that stays as it is, or None.
    """

    architecture: Architecture
    training: TrainingSettings
    image_size: int
    normalisation: Normalisation
    pretrained: bool | str | Path = False
    frozen: PretrainedWeights | None = None

    def picture_inputs(self, tags: Annotations, options: NetworkOptions) -> ImageInputs:
        """A table's pictures, prepared for the network.

        Raises:
            UsageError: If the table has no pictures, or an option is wrong.
        """
        pictures = tags.require_pictures()
        mean, std = self.normalisation
        return ImageInputs(
            pictures, self.image_size, options.fit, options.augment, mean=mean, std=std
        )


def shared_network(options: NetworkOptions, *, features: bool) -> SharedNetwork:
    """The network that options ask for.

    Args:
        options: The user's decisions.
        features: Whether feature vectors are given in place of pictures.

    Raises:
        UsageError: If a name is unknown, or the options contradict each other.
        DataError: If the hub was asked for weights and does not answer.
    """
    chosen = None if options.preset is None else preset(options.preset)
    base = Architecture() if chosen is None else chosen.architecture
    training = TrainingSettings() if chosen is None else chosen.settings
    if options.freeze:
        return _frozen(options, training, features=features)
    if features and options.pretrained is not None:
        raise UsageError("--pretrained weights are those of a picture's backbone, not of features")
    backbone = options.backbone or (FEATURE_BACKBONE if features else base.backbone)
    # A preset's options are those of its own backbone.
    own = base.options if backbone == base.backbone else None
    given = own if options.backbone_options is None else options.backbone_options
    weights = resolve_pretrained(options.pretrained or "none", backbone)
    size = SIZE if chosen is None else chosen.image_size
    return SharedNetwork(
        Architecture(backbone, given),
        training,
        options.image_size or size,
        channel_normalisation(backbone, pretrained=weights.trained),
        pretrained=weights.source,
    )


def _frozen(
    options: NetworkOptions, training: TrainingSettings, *, features: bool
) -> SharedNetwork:
    if features:
        raise UsageError("--freeze computes features of pictures; leave it out with --features")
    weights = resolve_pretrained(options.pretrained or "auto", options.backbone)
    if not weights.trained:
        raise UsageError(f"--freeze needs pretrained weights: {weights.description}")
    return SharedNetwork(
        Architecture(FEATURE_BACKBONE, options.backbone_options),
        training,
        options.image_size or FROZEN_SIZE,
        weights.normalisation,
        frozen=weights,
    )
