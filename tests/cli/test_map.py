"""``labelsphere map``: a picture or a page."""

import subprocess
import sys
from pathlib import Path

import pytest

from labelsphere.cli import main


def test_a_process_writes_a_picture_and_a_page(space_folder: Path, tmp_path: Path) -> None:
    for name, start in (("map.png", b"\x89PNG"), ("map.html", b"<!doctype html>")):
        command = [
            sys.executable,
            "-m",
            "labelsphere",
            "map",
            space_folder,
            "--method",
            "pca",
        ]
        command += ["--output", tmp_path / name]
        done = subprocess.run(command, capture_output=True, check=True)
        assert (tmp_path / name).read_bytes().startswith(start)
        assert done.stdout == b""
        assert b"labels written to" in done.stderr


def test_what_is_refused(
    space_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["map", str(space_folder), "--output", str(tmp_path / "map.svg")]) == 2
    assert "must end in .png or .html" in capsys.readouterr().err
    (tmp_path / "map.png").write_bytes(b"mine")
    assert main(["map", str(space_folder), "--output", str(tmp_path / "map.png")]) == 1
    assert "exists" in capsys.readouterr().err
    wrong = ["--method", "tsne", "--output", str(tmp_path / "other.png")]
    assert main(["map", str(space_folder), *wrong]) == 2
    assert "umap, pca" in capsys.readouterr().err
