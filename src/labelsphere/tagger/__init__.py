"""Images to points to tags (§3.2)."""

from labelsphere.tagger.architecture import Architecture
from labelsphere.tagger.presets import PRESETS, Preset, preset
from labelsphere.tagger.settings import TrainingSettings
from labelsphere.tagger.tag import Tag
from labelsphere.tagger.tagger import Tagger
from labelsphere.tagger.training import DivergedError, Hooks, TrainingRecord

__all__ = [
    "PRESETS",
    "Architecture",
    "DivergedError",
    "Hooks",
    "Preset",
    "Tag",
    "Tagger",
    "TrainingRecord",
    "TrainingSettings",
    "preset",
]
