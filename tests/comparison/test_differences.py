from typing import Any

import numpy as np
import pytest

from labelsphere.comparison.differences import difference

Run = dict[str, Any]


def run(seed: int, value: float, drawn: Any) -> Run:
    figures = {"values": {"m": value}, "resampled": {"m": list(drawn)}}
    return {"seed": seed, "decoders": {"d": figures}}


def test_a_difference_is_taken_draw_by_draw() -> None:
    draws = np.random.default_rng(0).normal(0.3, 0.1, 200)
    found = difference([run(0, 0.35, draws + 0.05)], [run(0, 0.30, draws)], "d", "m")
    # Either figure spreads by 0.1 over the draws, their difference not at all.
    assert found == pytest.approx(
        {"difference": 0.05, "low": 0.05, "high": 0.05, "relative": 0.05 / 0.3}
    )


def test_the_interval_holds_the_chance_of_seeds_too() -> None:
    draws = np.random.default_rng(0).normal(0.3, 0.1, 2000)
    gains = (0.1, 0.0, -0.04)
    ours = [run(s, 0.3 + g, draws + g) for s, g in enumerate(gains)]
    theirs = [run(s, 0.3, draws) for s in range(3)]
    found = difference(ours, theirs, "d", "m")
    assert found is not None
    assert found["difference"] == pytest.approx(0.02)
    # The mean of three of the gains, drawn with replacement: 1 in 27 draws is the largest alone.
    assert found["low"] == pytest.approx(-0.04, abs=0.01)
    assert found["high"] == pytest.approx(0.1, abs=0.02)


def test_equal_seeds_are_paired_whatever_their_order() -> None:
    random = np.random.default_rng(0)
    draws = [random.normal(level, 0.1, 100) for level in (0.2, 0.6)]
    ours = [run(s, 0.2 + 0.4 * s + 0.01, draws[s] + 0.01) for s in (0, 1)]
    theirs = [run(s, 0.2 + 0.4 * s, draws[s]) for s in (1, 0)]
    found = difference(ours, theirs, "d", "m")
    assert found is not None
    assert [found[key] for key in ("difference", "low", "high")] == pytest.approx([0.01] * 3)


def test_only_seeds_that_finished_under_both_count() -> None:
    draws = np.linspace(0, 1, 50)
    found = difference([run(1, 0.5, draws), run(2, 0.9, draws)], [run(1, 0.4, draws)], "d", "m")
    assert found is not None
    assert found["difference"] == pytest.approx(0.1)
    assert difference([run(2, 0.9, draws)], [run(1, 0.4, draws)], "d", "m") is None
    assert difference([run(1, 0.9, draws)], [run(1, 0.4, draws)], "d", "other") is None
    assert difference([run(1, 0.9, draws)], [run(1, 0.4, draws)], "other", "m") is None


def test_a_rival_at_zero_has_no_relative_difference() -> None:
    draws = np.linspace(0, 1, 50)
    assert "relative" not in (
        difference([run(0, 0.5, draws)], [run(0, 0.0, draws)], "d", "m") or {}
    )
