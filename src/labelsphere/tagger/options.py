"""Options of training; those that are not given are chosen automatically."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from labelsphere.recipes import RECIPES
from labelsphere.tagger.inputs.augmentation import AUGMENTATIONS
from labelsphere.tagger.inputs.decoding import FITS
from labelsphere.tagger.presets import PRESETS

_INPUTS = "Inputs"
_NETWORK = "Network"


# Only help pages need these names, and importing their modules takes seconds.
def _objectives() -> tuple[str, ...]:
    from labelsphere.tagger.objectives import OBJECTIVES

    return tuple(OBJECTIVES)


def _decoders() -> tuple[str, ...]:
    from labelsphere.tagger.decoders import DECODERS

    return tuple(DECODERS)


def _pretrained() -> tuple[str, ...]:
    from labelsphere.tagger.pretrained import PRETRAINED

    return tuple(PRETRAINED)


@dataclass(frozen=True)
class TrainingOptions:
    """Options of the user. None values are chosen by the table and the machine.

    Attributes:
        method: Training method, with variations as in sphere+dim=256.
        objective: For experts: an objective instead of a method.
        decoder: For experts: a decoder instead of the method's own.
        preset: A named set of settings; other options override it.
        split: Column that names train, val and test images. Default: 'split', where the table has
            it, else a random split. none trains on all images.
        group: Column whose equal values mark variants of one image: an epoch uses one of each, the
            first is scored, and a split never divides a group.
        backbone: A timm model, or mlp for feature vectors.
        backbone_options: Additional arguments of the backbone, such as '{"drop_path_rate": 0.1}'.
        pretrained: Initial weights of the backbone: a name, or the path of a checkpoint.
        freeze: Whether to compute the backbone's features once and train a head on them, instead of
            training the whole network from the start.
        finetune: Whether to train the whole network after its head, at a lower rate; the result is
            kept if it validates better.
        image_size: Side of the square that pictures are resized to, in pixels.
        fit: How a picture is made square.
        augment: Random augmentation of training pictures.
        device: auto (a GPU where there is one) or cpu.
        workers: Number of batches prepared ahead of the network.
        settings: Fields of `TrainingSettings`, by name, that are not chosen automatically.
    """

    method: str | None = field(default=None, metadata={"choices": tuple(RECIPES)})
    objective: str | None = field(default=None, metadata={"choices": _objectives})
    decoder: str | None = field(default=None, metadata={"choices": _decoders})
    preset: str | None = field(default=None, metadata={"choices": tuple(PRESETS)})
    split: str | None = None
    group: str | None = None
    backbone: str | None = field(default=None, metadata={"panel": _NETWORK})
    backbone_options: Mapping[str, Any] | None = field(default=None, metadata={"panel": _NETWORK})
    pretrained: str | None = field(
        default=None, metadata={"panel": _NETWORK, "choices": _pretrained}
    )
    freeze: bool | None = field(default=None, metadata={"panel": _NETWORK})
    finetune: bool | None = field(default=None, metadata={"panel": _NETWORK})
    image_size: int | None = field(default=None, metadata={"panel": _INPUTS, "min": 1})
    fit: str = field(default="pad", metadata={"panel": _INPUTS, "choices": tuple(FITS)})
    augment: str | None = field(
        default=None, metadata={"panel": _INPUTS, "choices": tuple(AUGMENTATIONS)}
    )
    device: str = field(default="auto", metadata={"panel": _INPUTS})
    workers: int = field(default=2, metadata={"panel": _INPUTS, "min": 0})
    settings: Mapping[str, Any] = field(default_factory=dict, metadata={"option": False})
