"""Files, folders, patterns and lists as sources of pictures."""

import io
import sys
from pathlib import Path

import pytest

from labelsphere.archive.sources import expand, items_of
from labelsphere.archive.sources.files import file_item, listed
from labelsphere.errors import DataError, UsageError


def test_files_and_folders_each_once(tmp_path: Path) -> None:
    for name in ("a.png", "d/b.JPG", "d/e/c.webp", "d/x.mov"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    folder = tmp_path / "d"
    found = list(items_of([tmp_path / "a.png", folder, folder / "b.JPG"], lambda _: None))
    assert [item.name for item in found] == [
        str(tmp_path / n) for n in ("a.png", "d/b.JPG", "d/e/c.webp")
    ]
    assert [item.read() for item in found] == [b"a.png", b"d/b.JPG", b"d/e/c.webp"]
    assert found[0].size == 5
    assert found[0].changed == (tmp_path / "a.png").stat().st_mtime_ns
    told: list[str] = []
    assert len(list(items_of([folder], told.append))) == 2
    assert told == [f"{folder}: 1 file skipped, not a picture by the ending: 1 .mov"]


def test_a_file_that_is_not_there_is_told_when_read(tmp_path: Path) -> None:
    item = file_item(tmp_path / "gone.png")
    assert (item.size, item.changed) == (-1, 0)
    with pytest.raises(FileNotFoundError):
        item.read()


def test_patterns_and_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.jpg", "b.jpg", "in/c.jpg", "we[ird].jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert expand([f"{tmp_path}/?.jpg"]) == [tmp_path / "a.jpg", tmp_path / "b.jpg"]
    assert tmp_path / "in/c.jpg" in expand([f"{tmp_path}/**/*.jpg"])
    assert expand([f"{tmp_path}/we[ird].jpg"]) == [tmp_path / "we[ird].jpg"]
    with pytest.raises(DataError, match="no file matches"):
        expand([f"{tmp_path}/*.png"])
    monkeypatch.setattr(sys, "stdin", io.StringIO("a.jpg\nb c.jpg\n\n"))
    assert expand(["-", "d"]) == [Path("a.jpg"), Path("b c.jpg"), Path("d")]
    assert listed(["new\nline.jpg\0b.jpg\0"]) == [Path("new\nline.jpg"), Path("b.jpg")]
    with pytest.raises(UsageError, match="is empty"):
        listed(["\n"])
