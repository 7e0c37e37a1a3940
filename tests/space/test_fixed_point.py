"""Confidences in whole steps of 2⁻²⁰."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.space.fixed_point import STEP, confidence_steps, rounded_to_steps


@given(st.floats(2**-30, 1, width=32))
def test_a_confidence_is_the_nearest_step_and_never_none(confidence: float) -> None:
    (steps,) = confidence_steps(np.array([confidence], np.float32)).tolist()
    assert steps == max(1, round(Fraction(confidence) * 2**20))
    assert abs(steps * STEP - confidence) <= STEP


@given(st.floats(0, 2**30))
def test_values_are_rounded_to_whole_steps(value: float) -> None:
    (rounded,) = rounded_to_steps(np.array([value])).tolist()
    assert Fraction(rounded) == Fraction(round(Fraction(value) * 2**20), 2**20)
