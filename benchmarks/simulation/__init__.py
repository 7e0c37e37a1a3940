"""Annotations that nobody made: as many as wanted, for tests and measurements of size."""

from simulation.settings import PRESETS, SimulationSettings
from simulation.simulation import Simulation, simulate_labels

__all__ = ["PRESETS", "Simulation", "SimulationSettings", "simulate_labels"]
