"""A comparison's figures on the terminal are those of its results."""

from pathlib import Path

import pytest

from labelsphere.cli.comparison_report import comparison_json, print_comparison
from labelsphere.comparison import Comparison
from labelsphere.comparison.decoder_names import AS_TRAINED
from labelsphere.metrics import metric_definitions


def method(name: str, value: float) -> dict:
    estimate = {"mean": value, "low": value - 0.01, "high": value + 0.01, "seeds": [value]}
    keys = ("map@100", "weighted_map@100", "precision@1", "class_ap")
    return {
        "name": name,
        "title": f"The {name} method",
        "rate": {"chosen": 0.01, "criterion": "map@100 on val", "grid": []},
        "runs": [],
        "summary": {AS_TRAINED: dict.fromkeys(keys, estimate)},
    }


def finished() -> Comparison:
    results = {
        "data": {"images": {"test": 1234}},
        "definitions": metric_definitions(),
        "methods": [method("logistic", 0.125), method("paper", 0.375)],
    }
    return Comparison(Path("report"), results)


def test_figures_definitions_verdict_and_paths_are_printed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_comparison(finished())
    printed = capsys.readouterr()
    assert "1,234 test images" in printed.out
    for text in ("0.125", "0.375", "0.365–0.385", "The paper method leads clearly"):
        assert text in printed.out
    for key in ("map@100", "weighted_map@100", "precision@1"):
        assert metric_definitions()[key] in printed.out
    assert printed.err.splitlines() == [
        f"report: {Path('report/report.html')}",
        f"results: {Path('report/results.json')}",
    ]


def test_json_is_the_part_of_the_results_that_a_program_asks_for() -> None:
    shown = comparison_json(finished())
    assert shown["report"] == Path("report/report.html")
    assert [one["name"] for one in shown["methods"]] == ["logistic", "paper"]
    assert shown["methods"][1]["summary"][AS_TRAINED]["map@100"]["mean"] == 0.375
