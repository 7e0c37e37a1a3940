"""``labelsphere neighbors``: a table or JSON for each label asked for."""

import json
from pathlib import Path

import pytest

from labelsphere.cli import main
from labelsphere.space import LabelSpace


def test_a_table_for_each_label(space_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["neighbors", str(space_folder), "rider", "cow", "--top", "2"]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    first, second = printed.out.split("Closest to: ")[1:]
    assert first.startswith("rider\n")
    assert "horse" in first
    assert "man" in first
    assert second.startswith("cow\n")
    assert "meadow" in second


def test_json_holds_labels_and_proximities(
    space_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["neighbors", str(space_folder), "cow", "--top", "3", "--json"]) == 0
    near = LabelSpace.load(space_folder).neighbors("cow", top=3)
    expected = [{"label": "cow", "neighbors": [[n.label, n.proximity] for n in near]}]
    assert json.loads(capsys.readouterr().out) == expected


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["hors"], 2, "close spellings: 'horse'"),
        (["horse", "--top", "0"], 2, "--top"),
    ],
)
def test_bad_usage(
    space_folder: Path,
    arguments: list[str],
    code: int,
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["neighbors", str(space_folder), *arguments]) == code
    printed = capsys.readouterr()
    assert message in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""


def test_a_folder_that_is_no_space_is_a_failure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["neighbors", str(tmp_path), "horse"]) == 1
    assert "has no config.json" in capsys.readouterr().err


def test_without_a_label_the_most_frequent_are_shown(
    space_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["neighbors", str(space_folder), "--top", "2", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    labels = ["man", "horse", "meadow", "rider", "office", "cow"]
    assert [entry["label"] for entry in found] == labels
    assert all(len(entry["neighbors"]) == 2 for entry in found)
