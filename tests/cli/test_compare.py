"""``labelsphere compare``: options to settings, a report in the folder, repetition for free."""

import json
from pathlib import Path

import pytest

from labelsphere.cli import main

SHORT = ("--backbone-options", '{"hidden": 8}', "--steps", "40", "--batch-size", "20")
BUDGET = (*SHORT, "--rates", "0.003,0.03", "--evaluations", "2", "--resamples", "10")


def source(planted: Path) -> tuple[str, ...]:
    return ("compare", str(planted / "tags.csv"), "--features", str(planted / "vectors.npy"))


def test_a_comparison_is_reported_repeated_and_begun_afresh(
    planted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "report"
    methods = ("--methods", "logistic,paper,paper+dim=2", "--seeds", "0,1", "--group", "pair")
    command = [*source(planted), *BUDGET, *methods, "--output", str(output)]
    assert main(command) == 0
    printed = capsys.readouterr()
    results = json.loads((output / "results.json").read_text())
    assert [method["name"] for method in results["methods"]] == ["logistic", "paper", "paper+dim=2"]
    assert results["command"].startswith("labelsphere compare ")
    assert results["command"].endswith(f"--output {output}")
    assert results["settings"]["backbone"] == "mlp"
    assert results["settings"]["rates"] == [0.003, 0.03]
    assert results["settings"]["seeds"] == [0, 1]
    assert results["settings"]["steps"] == 40
    assert results["data"]["group"] == "pair"
    for name in ("report.html", "report.md", "curves.png"):
        assert (output / name).stat().st_size > 1000
    assert "P@1" in printed.out
    assert str(output / "report.html") in printed.err
    assert "logistic: trying rate 0.003 10/10" in printed.err

    assert main([*command, "--json"]) == 0
    again = capsys.readouterr()
    assert "trying rate" not in again.err
    shown = json.loads(again.out)
    assert shown["report"] == str(output / "report.html")
    assert [method["summary"] for method in shown["methods"]] == [
        method["summary"] for method in results["methods"]
    ]

    few = [*command, "--methods", "logistic", "--seeds", "0", "--overwrite"]
    assert main(few) == 0
    assert "logistic: trying rate 0.003" in capsys.readouterr().err
    assert len(list((output / "runs").glob("*.json"))) == 3


def test_pictures_are_compared_at_the_size_asked_for(
    shapes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network = ("--backbone", "resnet10t", "--backbone-options", '{"channels": [8, 8, 8, 8]}')
    budget = ("--steps", "3", "--batch-size", "9", "--rates", "0.01", "--evaluations", "1")
    options = (*network, *budget, "--resamples", "5", "--image-size", "32", "--json")
    command = ["compare", str(shapes / "tags.csv"), *options, "--output", str(tmp_path / "report")]
    assert main(command) == 0
    assert len(json.loads(capsys.readouterr().out)["methods"]) == 2
    results = json.loads((tmp_path / "report" / "results.json").read_text())
    assert results["settings"]["image_size"] == 32
    assert results["data"]["dropped"]["unreadable"] == 3
    assert results["data"]["dropped"]["for training, without a tag"] == 1


@pytest.mark.parametrize(
    ("options", "code", "expected"),
    [
        (("--methods", "paper+dim=99"), 2, "99"),
        (("--methods", "paper+dim"), 2, "a variation must be key=value"),
        (("--methods", "forest"), 2, "method must be one of logistic, paper"),
        (("--methods", "paper,paper"), 2, "distinct names"),
        (("--protocol", "half"), 2, "protocol must be one of full"),
        (("--rates", "fast"), 2, "--rates must be numbers with commas between them"),
        (("--rates", "0"), 2, "rates must be one or more numbers above 0"),
        (("--seeds", "1,1"), 2, "seeds must be distinct"),
        (("--split", "fold"), 2, "no column 'fold'"),
        (("--group", "fold"), 2, "no column 'fold'"),
        (("--backbone", "resnet18"), 2, "does not take inputs of shape (12,)"),
    ],
)
def test_refusals(
    options: tuple[str, ...],
    code: int,
    expected: str,
    planted: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main([*source(planted), *options, "--output", str(tmp_path / "report")]) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert expected in printed.err.splitlines()[-1]
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_anything_else_in_it_is_left_alone(
    planted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    command = [*source(planted), *BUDGET, "--output", str(tmp_path)]
    for overwrite, expected in (([], "is not empty"), (["--overwrite"], "holds thesis.tex")):
        assert main([*command, *overwrite]) == 1
        assert expected in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
