"""``labelsphere demo``: what is printed around the demo, with a recipe of a few steps."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from labelsphere.cli import main
from labelsphere.comparison import demo
from labelsphere.datasets import read_icons
from labelsphere.tagger import TrainingSettings

SHORT = replace(
    demo.QUICK,
    image_size=32,
    compared=replace(
        demo.QUICK.compared,
        training=TrainingSettings(steps=2, batch_size=16),
        evaluations=1,
        resamples=5,
    ),
    images={"train": 150, "val": 30, "test": 30},
)


def test_the_demo_prints_metrics_the_report_and_what_to_try_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "QUICK", SHORT)
    output = tmp_path / "a demo"
    assert main(["demo", "--quick", "--output", str(output)]) == 0
    printed = capsys.readouterr()
    assert "logistic" in printed.out
    assert f"The report with icons and their tags: {output / 'report.html'}" in printed.out
    assert "too short to compare methods by" in printed.err
    results = json.loads((output / "results.json").read_text())
    assert results["command"] == f"labelsphere demo --quick --output '{output}'"
    assert len(results["examples"]) == 12
    # What is proposed works as it is printed.
    proposed = printed.out[printed.out.index("labelsphere neighbors") :].splitlines()[0]
    folder = proposed.removeprefix("labelsphere neighbors ").removesuffix(" tree").replace("'", "")
    assert main(["neighbors", folder, results["neighbors"][0]["label"]]) == 0
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    icons = read_icons()
    assert icons.pictures is not None
    (pictures / "one.png").write_bytes(icons.pictures.read(0))
    capsys.readouterr()
    assert main(["tag", str(output / "tagger"), str(pictures), "--top", "1"]) == 0
    assert "one.png" in capsys.readouterr().out


def test_a_folder_with_anything_else_in_it_is_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").touch()
    assert main(["demo", "--quick", "--output", str(tmp_path), "--overwrite"]) == 1
    assert "holds mine.txt, which no comparison wrote" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
