"""Options of a training; what is not given is chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from labelsphere.recipes import RECIPES
from labelsphere.tagger.inputs.augmentation import AUGMENTATIONS
from labelsphere.tagger.inputs.decoding import FITS
from labelsphere.tagger.presets import PRESETS

_INPUTS = "Inputs"
_NETWORK = "Network"


# The names are needed in help pages only; their modules take seconds to import.
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
    """Decisions of the user. What is None is chosen by the table and the machine.

    Attributes:
        method: How to train; with variations as in sphere+dim=256.
        objective: For experts: an objective in place of a method.
        decoder: For experts: how scores are computed, in place of the method's own way.
        preset: Settings that belong together; options given beside it override it.
        split: Column that names train, val and test images; 'split' where the table has it, else
            one is made at random. none trains on all images.
        group: Column whose equal values mark variants of one image: one of each is used an epoch,
            the first is scored, and a group is never divided by a split.
        backbone: A timm model, or mlp for feature vectors.
        backbone_options: Further arguments of the backbone, such as '{"drop_path_rate": 0.1}'.
        pretrained: Weights that the backbone begins with; the path of a checkpoint, or a name.
        freeze: Whether to compute the backbone's features once and train a head on them, in place
            of training the whole network from the start.
        finetune: Whether to train the whole network after its head, at a lower rate; it is kept
            if it validates better.
        image_size: Side of the square that pictures are brought to, in pixels.
        fit: How a picture becomes a square.
        augment: Random change of pictures while the network is trained on them.
        device: auto (a GPU where there is one) or cpu.
        workers: Batches prepared ahead of the network.
        settings: Fields of `TrainingSettings`, by name, that are not to be chosen.
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
