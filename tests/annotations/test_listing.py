import os
from pathlib import Path

import pytest

from labelsphere.annotations.listing import list_folder


def make(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()


def test_pictures_texts_and_others(tmp_path: Path) -> None:
    make(
        tmp_path, "b.JPG", "a.png", "in/a.jfif", "in/a.txt", "a.caption", "x.mp4", "y.MP4", "NOTES",
        ".hidden.png", ".git/a.png", "Thumbs.db", "desktop.ini", "__MACOSX/a.png",
    )  # fmt: skip
    found = list_folder(tmp_path)
    assert found.pictures == ["a.png", "b.JPG", "in/a.jfif"]
    assert found.texts == ["a.caption", "in/a.txt"]
    assert found.skipped(texts=False) == [
        "3 files skipped, not a picture by the ending: 2 .mp4, 1 without an ending"
    ]
    assert found.skipped(texts=True) == [
        "5 files skipped, not a picture by the ending: "
        "2 .mp4, 1 without an ending, 1 .caption, 1 .txt"
    ]


def test_nothing_passed_over_is_nothing_told(tmp_path: Path) -> None:
    make(tmp_path, "a.png", ".DS_Store", "._a.png")
    assert list_folder(tmp_path).skipped(texts=True) == []


def test_pipes_devices_and_links(tmp_path: Path) -> None:
    make(tmp_path, "a.png", "deep/b.png")
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "zero.png").symlink_to("/dev/zero")
    (tmp_path / "same.png").symlink_to("a.png")
    (tmp_path / "nowhere.png").symlink_to("gone.png")
    (tmp_path / "deep" / "loop").symlink_to("..")
    (tmp_path / "self.png").symlink_to("self.png")
    found = list_folder(tmp_path)
    assert found.pictures == ["a.png", "deep/b.png", "nowhere.png", "same.png", "self.png"]
    assert sorted(found.remarks) == [
        "links to folders are not followed: deep/loop",
        "pipe.png is a named pipe: skipped",
        "zero.png is a device: skipped",
    ]


def test_a_folder_named_as_a_picture_is_a_folder(tmp_path: Path) -> None:
    make(tmp_path, "album.jpg/a.png")
    assert list_folder(tmp_path).pictures == ["album.jpg/a.png"]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read every folder")
def test_a_folder_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    make(tmp_path, "a.png", "locked/b.png")
    (tmp_path / "locked").chmod(0)
    found = list_folder(tmp_path)
    (tmp_path / "locked").chmod(0o700)
    assert found.pictures == ["a.png"]
    assert found.remarks == ["folder locked cannot be read (Permission denied): skipped"]


def test_names_of_any_bytes(tmp_path: Path) -> None:
    names = [os.fsdecode(name) for name in (b"caf\xe9.jpg", b"new\nline.png", "日本.webp".encode())]
    make(tmp_path, *names)
    assert list_folder(tmp_path).pictures == sorted(names)


def test_saved_taggers_are_passed_over_and_folders_of_the_user_are_not(tmp_path: Path) -> None:
    make(tmp_path, "a.png", "tagger/reliability.png", "photos/b.png", "photos/config.json")
    (tmp_path / "tagger" / "config.json").write_text('{"format": "labelsphere.tagger"}')
    found = list_folder(tmp_path)
    assert found.pictures == ["a.png", "photos/b.png"]
    assert found.remarks == ["folder tagger holds a saved tagger: skipped"]
    assert list_folder(tmp_path / "tagger").pictures == ["reliability.png"]
