from dataclasses import asdict
from inspect import signature
from pathlib import Path

import pytest

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.cli import tables
from labelsphere.cli.options import given_fields


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "tags.csv"
    file.write_text('image,tags\na,"sky,sky,sea"\nb,sky\n')
    return file


def test_what_was_left_out_is_told_on_stderr(
    table: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    read = tables.TableOptions().read(table, vocabulary=Vocabulary(["sky"]))
    assert read.n_labels == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "1 tag given more than once to an image" in printed.err
    assert "1 tag outside the vocabulary dropped, 1 use: sea (1)" in printed.err


def test_quiet_tells_nothing(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables.TableOptions().read(table, quiet=True)
    assert capsys.readouterr() == ("", "")


def test_there_is_an_option_for_every_argument_of_the_reader() -> None:
    found = signature(Annotations.read).parameters
    arguments = {name: found[name].default for name in list(found)[1:]}
    # Not for the user to choose: only `inspect` describes a table without tags.
    assert arguments.pop("untagged") is False
    assert asdict(tables.TableOptions()) == arguments


def test_given_are_the_options_that_differ_from_their_defaults() -> None:
    assert given_fields(tables.TableOptions()) == []
    assert given_fields(tables.TableOptions(min_count=2, keep=("none",))) == ["min_count", "keep"]
