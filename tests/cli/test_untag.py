"""A run's files and sidecars are removed, and what others wrote is kept."""

import json
import shutil
from pathlib import Path

import pytest

from labelsphere.cli import main


@pytest.fixture
def run(shapes: Path, shape_tagger: Path, tmp_path: Path) -> Path:
    """A run over two pictures, with an output and text sidecars; one sidecar was there before."""
    photos = tmp_path / "photos"
    photos.mkdir()
    for number in range(2):
        shutil.copy(shapes / f"pictures/{number:02}.png", photos)
    (photos / "00.txt").write_text("by hand\n")
    command = ["tag", str(shape_tagger), str(photos), "--top", "2", "--sidecars", "text"]
    assert (
        main([*command, "--output", str(tmp_path / "t.csv"), "--run", str(tmp_path / "run")]) == 0
    )
    return tmp_path / "run"


def test_everything_of_the_run_is_removed(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = {path.name for path in (tmp_path / "photos").glob("*.txt")}
    capsys.readouterr()
    assert main(["untag", str(run), "--json"]) == 0
    done = json.loads(capsys.readouterr().out)
    assert done["files_removed"] == [str(tmp_path / "t.csv")]
    assert done["files_kept"] == []
    assert done["sidecars_removed"] == len(written - {"00.txt"})
    assert (tmp_path / "photos/00.txt").read_text() == "by hand\n"
    assert not (tmp_path / "photos/01.txt").exists()
    assert not (tmp_path / "t.csv").exists()
    assert (run / "run.json").exists()


def test_a_changed_output_is_kept(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (tmp_path / "t.csv").open("a") as file:
        file.write("mine\n")
    assert main(["untag", str(run)]) == 0
    assert f"kept {tmp_path / 't.csv'}: it was changed since" in capsys.readouterr().err
    assert (tmp_path / "t.csv").read_text().endswith("mine\n")


def test_a_dry_run_prints_no_json(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["untag", str(run), "--dry-run", "--json"]) == 2
    assert "contradict" in capsys.readouterr().err
