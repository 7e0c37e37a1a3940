"""Means, intervals and paired differences, against their definitions."""

import numpy as np
import pytest

from labelsphere.arrays import DoubleArray
from labelsphere.comparison.results import (
    REPORTED_METRICS,
    Budget,
    Choice,
    Measured,
    Run,
)
from labelsphere.comparison.statistics import delivered, differences, paired_difference, reached
from labelsphere.tagger.report import MetricValue


def measured(value: float, draws: DoubleArray | None = None) -> Measured:
    drawn = value + np.linspace(-0.1, 0.1, 50) if draws is None else draws
    values = dict.fromkeys(REPORTED_METRICS, value)
    return Measured(values, {}, dict.fromkeys(REPORTED_METRICS, tuple(drawn.tolist())))


def run(seed: int, default: float, specific: float) -> Run:
    return Run(seed, 0.01, 10, 10, 1.0, 0.5, None, (), measured(default), measured(specific))


def test_map_is_judged_with_the_specific_decoder_and_all_else_with_the_default_one() -> None:
    found = delivered([run(0, 0.2, 0.6), run(1, 0.4, 0.8)])
    values = {metric: estimate.value for metric, estimate in found.items()}
    assert values == pytest.approx(
        {metric: 0.7 if "map@" in metric else 0.3 for metric in REPORTED_METRICS}
    )
    ends = np.quantile(np.linspace(-0.1, 0.1, 50), [0.025, 0.975])
    estimate = found["image_ap"]
    assert (estimate.low, estimate.high) == pytest.approx(tuple(0.3 + ends))


def test_the_best_baseline_is_another_for_each_decoder() -> None:
    baselines = {"a": [run(0, 0.5, 0.1)], "b": [run(0, 0.4, 0.3)]}
    found = differences([run(0, 0.6, 0.25)], baselines)
    assert {metric: entry.baseline for metric, entry in found.items()} == {
        metric: "b" if "map@" in metric else "a" for metric in REPORTED_METRICS
    }
    assert found["class_ap"].difference == pytest.approx(0.1)
    assert found["class_ap"].baseline_value == pytest.approx(0.5)
    assert found["map@100"].difference == pytest.approx(-0.05)
    # Both have the same draws: nothing is left to chance.
    assert found["class_ap"].verdict == "ahead"
    assert found["map@100"].verdict == "behind"


def test_only_seeds_that_both_have_are_compared() -> None:
    found = differences([run(0, 0.5, 0.5), run(1, 0.9, 0.9)], {"a": [run(0, 0.4, 0.4)]})
    assert found["precision@1"].difference == pytest.approx(0.1)
    assert differences([run(1, 0.5, 0.5)], {"a": [run(0, 0.4, 0.4)]}) == {}


def test_a_difference_is_taken_draw_by_draw() -> None:
    draws = np.random.default_rng(0).normal(0.3, 0.1, 200)
    found = paired_difference(
        "a", "map@100", [(measured(0.35, draws + 0.05), measured(0.3, draws))]
    )
    # Either value spreads by 0.1 over the draws, their difference not at all.
    assert (found.difference, found.low, found.high) == pytest.approx((0.05, 0.05, 0.05))


def test_the_interval_holds_the_chance_of_seeds_too() -> None:
    draws = np.random.default_rng(0).normal(0.3, 0.1, 2000)
    gains = (0.1, 0.0, -0.04)
    pairs = [(measured(0.3 + gain, draws + gain), measured(0.3, draws)) for gain in gains]
    found = paired_difference("a", "map@100", pairs)
    assert found.difference == pytest.approx(0.02)
    # The mean of three of the gains, drawn with replacement: 1 in 27 draws is the largest alone.
    assert found.low == pytest.approx(-0.04, abs=0.01)
    assert found.high == pytest.approx(0.1, abs=0.02)
    assert found.verdict == "level"


def estimates(value: float) -> dict[str, MetricValue]:
    return dict.fromkeys(REPORTED_METRICS, MetricValue(value, value - 0.1, value + 0.1))


def test_the_smallest_budget_at_or_above_the_best_baseline_is_found() -> None:
    budgets = [
        Budget(share, Choice(0.01, 10), 1.0, estimates(value))
        for share, value in ((0.25, 0.3), (0.5, 0.4), (1.0, 0.5))
    ]
    found = reached(budgets, {"a": estimates(0.4), "b": estimates(0.35)})
    assert {(entry.baseline, entry.target, entry.share) for entry in found.values()} == {
        ("a", 0.4, 0.5)
    }
    assert reached(budgets, {"a": estimates(0.51)})["image_ap"].share is None
