"""Plan of a training: all settings except the annotations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labelsphere.annotations import Split
from labelsphere.recipes import SpaceRecipe
from labelsphere.space import LabelSpace
from labelsphere.tagger.architecture import Architecture
from labelsphere.tagger.choices import TrainingChoice
from labelsphere.tagger.inputs import Inputs
from labelsphere.tagger.pretrained import PretrainedWeights
from labelsphere.tagger.settings import TrainingSettings


@dataclass(frozen=True)
class Frozen:
    """Training of a head on the features of a frozen backbone.

    Attributes:
        head: Arguments of the trained `FeatureNetwork`.
        finetune: Settings of the following training of the whole network, or None for none.
    """

    head: Mapping[str, Any] | None = None
    finetune: TrainingSettings | None = None


@dataclass(frozen=True)
class TrainingPlan:
    """All settings of a training except the annotations.

    Attributes:
        architecture: Backbone and objective.
        settings: Settings of the training.
        inputs: Images or feature vectors, one per row of the annotations; not yet standardised.
        split: Rows for training, validation and testing.
        method: Name of the recipe, for reports.
        space: The label space, or a recipe to fit it to the training rows; None for none.
        weights: Initial weights of the backbone; None for random weights.
        frozen: Settings to train a head on the backbone's features; None trains the whole network.
        group: Column whose equal values mark variants of one image.
        device: ``"auto"`` or ``"cpu"``.
        workers: Number of batches prepared ahead of the network.
        choices: Automatic choices, with reasons.
    """

    architecture: Architecture
    settings: TrainingSettings
    inputs: Inputs
    split: Split
    method: str = ""
    space: LabelSpace | SpaceRecipe | None = None
    weights: PretrainedWeights | None = None
    frozen: Frozen | None = None
    group: str | None = None
    device: str = "auto"
    workers: int = 0
    choices: tuple[TrainingChoice, ...] = ()
