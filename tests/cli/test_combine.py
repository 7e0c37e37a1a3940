"""``labelsphere combine``: man + horse, with and without the plus sign."""

import json
from pathlib import Path

import pytest

from labelsphere.cli import main


def combined(space: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, list]:
    assert main(["combine", str(space), *arguments, "--json"]) == 0
    result: dict[str, list] = json.loads(capsys.readouterr().out)
    return result


def test_a_plus_between_labels_may_be_written_or_left_out(
    space_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = combined(space_folder, capsys, "man", "+", "horse", "--top", "1")
    assert written == combined(space_folder, capsys, "man", "horse", "--top", "1")
    assert (written["plus"], written["minus"]) == (["man", "horse"], [])
    assert [label for label, _ in written["neighbors"]] == ["rider"]


def test_labels_are_subtracted(space_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = combined(space_folder, capsys, "man", "--minus", "horse", "--minus", "rider")
    assert result["minus"] == ["horse", "rider"]
    assert result["neighbors"][0][0] == "office"
    assert {"man", "horse", "rider"}.isdisjoint(label for label, _ in result["neighbors"])


def test_the_table_names_the_sum(space_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["combine", str(space_folder), "man", "horse", "--minus", "cow"]) == 0
    out = capsys.readouterr().out
    assert "Closest to: man + horse − cow" in out
    assert "rider" in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["man", "hrose"], "no label 'hrose'"),
        (["man", "--minus", "man"], "cancel"),
        (["+"], "at least one label"),
    ],
)
def test_bad_usage(
    space_folder: Path,
    arguments: list[str],
    message: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["combine", str(space_folder), *arguments]) == 2
    assert message in capsys.readouterr().err
