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
        on_read: Called with the number of checked inputs, and of all.
        on_features: Called with the number of pictures with features, and of all.
        on_start: Called with the tagger before its first step, its rows and the settings.
        on_step: Called with the number of finished steps, of all steps, and the batch's loss.
        on_validating: Called with the number of finished validation images, and of all.
        on_validation: Called with the number of epochs, and the metrics on the validation images.
        on_measuring: Called with the number of measured images and labels of the trained tagger,
            and of all.
    """

    on_read: Progress | None = None
    on_features: Progress | None = None
    on_start: Callable[[TaggerModel, TrainingRows, TrainingSettings], None] | None = None
    on_step: Callable[[int, int, float], None] | None = None
    on_validating: Progress | None = None
    on_validation: Callable[[float, ValidationPoint], None] | None = None
    on_measuring: Progress | None = None
