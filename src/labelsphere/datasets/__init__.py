"""Data to try everything on without a download: real ones, and simulated ones of any size."""

from labelsphere.datasets.icons import icons_path, read_icons
from labelsphere.datasets.simulation import (
    PRESETS,
    Simulation,
    SimulationSettings,
    simulate_labels,
)

__all__ = [
    "PRESETS",
    "Simulation",
    "SimulationSettings",
    "icons_path",
    "read_icons",
    "simulate_labels",
]
