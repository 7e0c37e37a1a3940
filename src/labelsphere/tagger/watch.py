"""Callbacks of a training."""

from collections.abc import Callable
from dataclasses import dataclass

from labelsphere.tagger.inputs import Progress
from labelsphere.tagger.model import TaggerModel
from labelsphere.tagger.settings import TrainingSettings
from labelsphere.tagger.training_rows import TrainingRows
from labelsphere.tagger.validation_point import ValidationPoint


@dataclass(frozen=True)
class Watch:
    """Callbacks of a training.

    Attributes:
        on_read: Inputs looked at, and how many there are.
        on_features: Pictures whose features are known, and how many there are.
        on_start: The tagger before its first step, the rows it is trained on, and how.
        on_step: Steps done, steps in all, and the batch's loss.
        on_validating: Validation images looked at, and how many there are.
        on_validation: Epochs done, and the metrics on the validation images.
        on_measuring: Images and labels gone through to measure the trained tagger, and their
            number.
    """

    on_read: Progress | None = None
    on_features: Progress | None = None
    on_start: Callable[[TaggerModel, TrainingRows, TrainingSettings], None] | None = None
    on_step: Callable[[int, int, float], None] | None = None
    on_validating: Progress | None = None
    on_validation: Callable[[float, ValidationPoint], None] | None = None
    on_measuring: Progress | None = None
