"""Taggers: networks, objectives and decoders (§3.2). Names are imported on first use."""

from typing import TYPE_CHECKING

from labelsphere.errors import DivergedError
from labelsphere.lazy_names import names_from

if TYPE_CHECKING:
    from labelsphere.tagger.architecture import Architecture
    from labelsphere.tagger.options import TrainingOptions
    from labelsphere.tagger.presets import PRESETS, Preset, preset
    from labelsphere.tagger.report import TrainingReport
    from labelsphere.tagger.settings import TrainingSettings
    from labelsphere.tagger.tag import Tag
    from labelsphere.tagger.tagger import Tagger
    from labelsphere.tagger.training import Hooks, TrainingRecord
    from labelsphere.tagger.watch import Watch

__all__ = [
    "PRESETS",
    "Architecture",
    "DivergedError",
    "Hooks",
    "Preset",
    "Tag",
    "Tagger",
    "TrainingOptions",
    "TrainingRecord",
    "TrainingReport",
    "TrainingSettings",
    "Watch",
    "preset",
]

__getattr__ = names_from(
    __name__,
    {
        "PRESETS": "presets",
        "Architecture": "architecture",
        "Hooks": "training",
        "Preset": "presets",
        "Tag": "tag",
        "Tagger": "tagger",
        "TrainingOptions": "options",
        "TrainingRecord": "training",
        "TrainingReport": "report",
        "TrainingSettings": "settings",
        "Watch": "watch",
        "preset": "presets",
    },
)
