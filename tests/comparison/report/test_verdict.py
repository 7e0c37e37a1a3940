"""The verdict's sentences say what the differences are."""

from collections.abc import Callable

from labelsphere.comparison.report.verdict import verdict
from labelsphere.comparison.results import ComparisonResults

Maker = Callable[..., ComparisonResults]


def test_standing_steps_and_divergence(make_results: Maker) -> None:
    sphere, paper, steps, none, diverged = verdict(make_results())
    assert sphere.startswith("Against the best baseline on each metric, Sphere is ahead on P@1 (+")
    assert "behind" not in sphere
    assert "The paper is behind on P@1 (−20 %)" in paper
    assert steps.startswith(
        "Sphere reaches the best baseline's final value with 1/2 of the steps on"
    )
    assert none.startswith("The paper reaches the best baseline's final value not on P@1, ")
    assert diverged == "Focal loss diverged in 1 of its trainings and has no results."


def test_without_a_baseline_there_is_nothing_to_compare(make_results: Maker) -> None:
    found = verdict(make_results(["logistic"]))
    assert found[-1] == "Focal loss diverged in 1 of its trainings and has no results."
