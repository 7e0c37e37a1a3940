"""Everything that decides a training but the annotations."""

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
        head: Arguments of the `FeatureNetwork` that is trained.
        finetune: How the whole network is trained afterwards, or None if it is not.
    """

    head: Mapping[str, Any] | None = None
    finetune: TrainingSettings | None = None


@dataclass(frozen=True)
class TrainingPlan:
    """Everything that decides a training but the annotations.

    Attributes:
        architecture: Backbone and objective.
        settings: How to train.
        inputs: Images or feature vectors, one a row of the annotations; not yet standardised.
        split: Rows for training, validation and testing.
        method: Name of the recipe, for reports.
        space: The label space, or how it is fitted to the training rows; None for none.
        weights: What the backbone begins with; None for random weights.
        frozen: How a head is trained on the backbone's features; None trains the whole network.
        group: Column whose equal values mark variants of one image.
        device: ``"auto"`` or ``"cpu"``.
        workers: Batches prepared ahead of the network.
        choices: What was chosen, and why.
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
