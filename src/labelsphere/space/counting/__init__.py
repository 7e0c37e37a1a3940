"""The work behind counts: which pairs of labels images have, added up in bounded memory."""

from labelsphere.space.counting.fixed_point import STEP, rounded_to_steps
from labelsphere.space.counting.pair_counter import PairCounter

__all__ = ["STEP", "PairCounter", "rounded_to_steps"]
