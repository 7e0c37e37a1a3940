"""Calibrated probabilities of tags, and thresholds to accept and to suggest them."""

from labelsphere.tagger.calibration.calibration import SOURCES, Calibration
from labelsphere.tagger.calibration.check import CalibrationCheck, fit_and_check
from labelsphere.tagger.calibration.fitting import calibrate
from labelsphere.tagger.calibration.goal import Goal

__all__ = ["SOURCES", "Calibration", "CalibrationCheck", "Goal", "calibrate", "fit_and_check"]
