"""Probabilities and thresholds: which tags to accept, and which to suggest."""

from labelsphere.tagger.calibration.calibration import SOURCES, Calibration
from labelsphere.tagger.calibration.check import CalibrationCheck, fit_and_check
from labelsphere.tagger.calibration.fitting import calibrate
from labelsphere.tagger.calibration.goal import Goal

__all__ = ["SOURCES", "Calibration", "CalibrationCheck", "Goal", "calibrate", "fit_and_check"]
