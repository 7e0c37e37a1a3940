"""A comparison on the terminal shows the values of its results."""

from pathlib import Path

import pytest

from labelsphere.cli.comparison_report import comparison_json, print_comparison
from labelsphere.comparison import Comparison
from labelsphere.comparison.results import (
    REPORTED_METRICS,
    Choice,
    ComparisonResults,
    MethodResult,
    MetricDifference,
)
from labelsphere.metrics import metric_definitions
from labelsphere.tagger.report import MetricValue


def method(name: str) -> MethodResult:
    baseline = name == "logistic"
    gains = {key: MetricDifference("logistic", 0.125, 0.25, 0.24, 0.26) for key in REPORTED_METRICS}
    return MethodResult(
        name, f"The {name} method", {}, baseline, 1, 1, 0, Choice(0.01, 5), (),
        differences={} if baseline else gains,
    )  # fmt: skip


def finished() -> Comparison:
    values = {"logistic": 0.125, "paper": 0.375}
    estimates = {name: MetricValue(v, v - 0.01, v + 0.01) for name, v in values.items()}
    results = ComparisonResults(
        "0", "", "", {}, {}, {}, {}, metric_definitions(),
        {name: dict.fromkeys(REPORTED_METRICS, estimate) for name, estimate in estimates.items()},
        (method("logistic"), method("paper")),
    )  # fmt: skip
    return Comparison(Path("report"), results, {})


def test_values_definitions_verdict_and_paths_are_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_comparison(finished())
    printed = capsys.readouterr()
    for text in ("0.125", "0.375", "0.365–0.385", "The paper method is ahead on P@1 (+200 %)"):
        assert text in printed.out
    for key in REPORTED_METRICS:
        assert metric_definitions()[key] in printed.out
    assert printed.err.splitlines() == [
        f"report: {Path('report/report.html')}",
        f"results: {Path('report/results.json')}",
    ]


def test_json_is_the_part_of_the_results_that_a_program_asks_for() -> None:
    shown = comparison_json(finished())
    assert shown["report"] == Path("report/report.html")
    assert shown["delivered"]["paper"]["map@100"]["value"] == 0.375
    assert shown["differences"]["paper"]["map@100"]["difference"] == 0.25
    assert shown["rates"] == {"logistic": 0.01, "paper": 0.01}
