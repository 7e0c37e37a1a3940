"""Presets: named sets of settings."""

from dataclasses import dataclass

from labelsphere.errors import UsageError
from labelsphere.recipes import RECOMMENDED
from labelsphere.tagger.architecture import Architecture
from labelsphere.tagger.settings import TrainingSettings


@dataclass(frozen=True)
class Preset:
    """Named set of settings.

    Attributes:
        architecture: Backbone and objective.
        settings: Settings of the training.
        image_size: Side of the pictures in pixels.
        dim: Dimensions of the label space.
        method: Name of the recipe.
        description: One line for help and errors.
    """

    architecture: Architecture
    settings: TrainingSettings
    image_size: int
    dim: int
    method: str
    description: str


PRESETS = {
    # §4.3.1 and §4.3.2: Inception v3 without dropout and auxiliary tower (timm builds it so),
    # RMSprop, k = 4,096. The paper gives no batch size, rate or schedule: these, and the clipping
    # of gradients at 2, are Inception v3's own (Szegedy et al. 2015, section 8).
    "paper": Preset(
        Architecture("inception_v3", {"drop_rate": 0.0}),
        TrainingSettings(
            optimizer="rmsprop",
            rate=0.045,
            weight_decay=0.0,
            schedule="step",
            warmup=0.0,
            clip=2.0,
            batch_size=32,
            epochs=100.0,
        ),
        image_size=299,
        dim=4096,
        method="paper",
        description="Inception v3 at 299 px with RMSprop, as in the paper",
    ),
    # Trains on two CPU cores in minutes: a ResNet-10 of half the usual width, with the plain stem,
    # whose step takes 0.6 of the time of timm's tiered one at 64 px.
    "small": Preset(
        Architecture("resnet10t", {"channels": [32, 64, 128, 256], "stem_type": ""}),
        TrainingSettings(epochs=10.0),
        image_size=64,
        dim=1024,
        method=RECOMMENDED,
        description="a small network at 64 px, for two CPU cores",
    ),
}


def preset(name: str) -> Preset:
    """Return a preset by name.

    Raises:
        UsageError: If the name is unknown.
    """
    if name not in PRESETS:
        raise UsageError(f"preset must be one of {', '.join(PRESETS)}, but got {name!r}")
    return PRESETS[name]
