"""The table of verbs and the modules behind it."""

from pathlib import Path

import pytest

from labelsphere.cli import main
from labelsphere.cli.verbs import VERBS, WORK, load_verb


def test_every_verb_is_in_the_table_once() -> None:
    assert sum(len(verbs) for verbs in WORK.values()) == len(VERBS)


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_loads_with_its_line_and_examples(name: str) -> None:
    command = load_verb(name)
    assert (command.name, command.short_help) == (name, VERBS[name])
    assert f"labelsphere {name}" in command.help


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["inspect", ""], "TAGS"),
        (["inspect", "t.csv", "--images", ""], "--images"),
        (["embed", "t.csv", "--output="], "--output"),
        (["count", "t.csv", "", "--output", "o"], "TAGS"),
    ],
)
def test_an_empty_path_is_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    name: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text("image,tags\na,x\nb,y\n")
    assert main(words) == 2
    expected = f"labelsphere: {name} is empty; expected the path of a file or folder\n"
    assert capsys.readouterr().err == expected
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]


def test_an_empty_text_that_is_no_path_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("t.csv").write_text("image,tags\na,x\nb,y\n")
    assert main(["inspect", "t.csv", "--separator", ""]) == 0
