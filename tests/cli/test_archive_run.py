"""Runs that write an output: what they count, refuse and leave behind."""

import io
import shutil
import tarfile
from pathlib import Path

import pytest

from labelsphere.cli import main
from labelsphere.cli.archive_run import _count


@pytest.fixture
def photos(shapes: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    (folder / "inner").mkdir(parents=True)
    for number in range(3):
        shutil.copy(shapes / f"pictures/{number:02}.png", folder)
    shutil.copy(shapes / "pictures/04.png", folder / "inner")
    (folder / "notes.doc").touch()
    return folder


def test_pictures_are_counted_where_no_archive_is_read(photos: Path, tmp_path: Path) -> None:
    assert _count([photos]) == 4
    assert _count([photos / "00.png", photos / "inner", photos / "none.png"]) == 3
    for name in ("s.tar", "s.tar.gz", "t.PARQUET"):
        assert _count([photos, tmp_path / name]) is None


def test_a_run_needs_pictures_and_a_folder_for_its_journal(
    shape_tagger: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = ["--output", str(tmp_path / "t.csv")]
    empty = tmp_path / "empty"
    empty.mkdir()
    for arguments, code, message in (
        ([*output], 2, "give pictures, folders, tables or tar files to tag"),
        ([str(photos), "--sidecars", "text"], 2, "sidecars without an --output need --run"),
        ([str(empty), *output], 1, f"there are no pictures in {empty}"),
    ):
        assert main(["tag", str(shape_tagger), *arguments]) == code
        assert message in capsys.readouterr().err
    assert not (tmp_path / "t.csv").exists()


def test_a_run_without_a_readable_picture_leaves_no_journal(
    shape_tagger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "broken.png").write_bytes(b"text")
    command = ["tag", str(shape_tagger), str(tmp_path / "broken.png")]
    assert main([*command, "--output", str(tmp_path / "t.jsonl")]) == 1
    assert "no picture could be read: 1 of 1 skipped" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["broken.png"]


def test_overwrite_replaces_the_journal_of_another_choice(
    shape_tagger: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "t.jsonl"
    command = ["tag", str(shape_tagger), str(photos), "--output", str(out)]
    assert main([*command, "--top", "2"]) == 0
    assert "4 pictures tagged" in capsys.readouterr().err
    assert main([*command, "--top", "2", "--overwrite"]) == 0
    said = capsys.readouterr().err
    assert f"continuing the run in {out}.run" in said
    assert "4 pictures were tagged before" in said
    assert main([*command, "--top", "3", "--overwrite"]) == 0
    assert "4 pictures tagged" in capsys.readouterr().err
    assert main([*command, "--top", "4", "--overwrite", "--run", f"{out}.run"]) == 1
    assert "another choice of tags" in capsys.readouterr().err


def test_copies_of_tagged_pictures_are_not_tagged_again(
    shape_tagger: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with tarfile.open(tmp_path / "s.tar", "w") as file:
        data = (photos / "00.png").read_bytes()
        for name in ("a.png", "b.png"):
            member = tarfile.TarInfo(name)
            member.size = len(data)
            file.addfile(member, io.BytesIO(data))
    out = tmp_path / "t.csv"
    command = ["tag", str(shape_tagger), "--output", str(out), "--top", "2"]
    assert main([*command, str(photos / "00.png")]) == 0
    capsys.readouterr()
    assert main([*command, str(photos / "00.png"), str(tmp_path / "s.tar"), "--overwrite"]) == 0
    said = capsys.readouterr().err
    assert "1 pictures were tagged before" in said
    assert "2 pictures are copies or were moved, so they are not tagged again" in said
    assert "0 pictures tagged" in said
    rows = [line.rsplit(",", 3)[1:] for line in out.read_text().splitlines()[1:]]
    assert rows[:2] == rows[2:4] == rows[4:]
