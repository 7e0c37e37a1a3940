"""Annotations that nobody made: as many as wanted, for tests and measurements of size."""

from labelsphere.datasets.simulation.settings import PRESETS, SimulationSettings
from labelsphere.datasets.simulation.simulation import Simulation, simulate_labels

__all__ = ["PRESETS", "Simulation", "SimulationSettings", "simulate_labels"]
