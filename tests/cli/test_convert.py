"""Tables written in the forms of other programs, from the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from labelsphere.annotations import Annotations
from labelsphere.annotations.writers import WRITERS
from labelsphere.cli import main

TABLE = "image,label,confidence\na.jpg,sky,1\na.jpg,cat,0\nb.jpg,cat,0.5\n"


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLUMNS", "300")
    (tmp_path / "tags.csv").write_text(TABLE)
    return tmp_path / "tags.csv"


@pytest.mark.parametrize("name", WRITERS)
def test_every_format_is_written(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    output = tmp_path / f"out{WRITERS[name].ending}"
    options = ["--to", name, "--output", str(output), "--json"]
    assert main(["convert", str(table), *options]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (result["format"], result["images"], result["labels"]) == (name, 2, 2)
    assert (result["tags"], result["known_absences"]) == (2, 1)
    told = " ".join(result["notes"])
    assert ("known absence not written" in told) != ("absences" in WRITERS[name].keeps)
    assert output.exists()


def test_the_ending_tells_a_table(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["convert", str(table), "--output", str(tmp_path / "t.parquet")]) == 0
    printed = capsys.readouterr()
    assert "Written as parquet" in printed.out
    assert f"written to {tmp_path / 't.parquet'}" in printed.err
    assert Annotations.read(tmp_path / "t.parquet").n_images == 2


@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (["--output", "t.xyz"], 2, "must end in one of .csv, .jsonl, .parquet"),
        (["--output", "t", "--to", "excel"], 2, "format must be one of csv, jsonl, parquet"),
        (["--output", "tags.csv", "--to", "csv"], 2, "is the input; name another output"),
        (["--output", "there.csv"], 1, "there.csv"),
        (["--output", "t.csv", "--pictures"], 2, "pictures can be copied into a folder only"),
    ],
)
def test_what_is_refused(
    table: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    options: list[str],
    code: int,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.csv").touch()
    before = sorted(path.name for path in tmp_path.iterdir())
    assert main(["convert", "tags.csv", *options]) == code
    assert message in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_the_help_names_every_format() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "labelsphere", "convert", "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "TYPER_USE_RICH": "0", "COLUMNS": "2000"},
    )
    # Lines may be broken at blanks and hyphens.
    printed = "".join(done.stdout.split())
    for name, writer in WRITERS.items():
        assert "".join(f"{name}: {writer.description}".split()) in printed
