import os
import socket
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from labelsphere.annotations import PictureBytes, PictureFiles
from labelsphere.annotations.pictures import MOST_BYTES


def test_files_are_read_when_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"A")
    pictures = PictureFiles([tmp_path / "a.png", tmp_path / "b.png"])
    assert len(pictures) == 2
    assert pictures.read(0) == b"A"
    assert pictures.name(1) == str(tmp_path / "b.png")
    with pytest.raises(FileNotFoundError):
        pictures.read(1)
    turned = pictures.select(np.array([1, 0]))
    assert turned.read(1) == b"A"


def test_stored_bytes_are_empty_where_there_are_none() -> None:
    pictures = PictureBytes(pl.Series([b"A", None, b"C"]), ["a", "b", "c"])
    assert [pictures.read(row) for row in range(3)] == [b"A", b"", b"C"]
    some = pictures.select(np.array([2, 1]))
    assert (len(some), some.name(0), some.read(0)) == (2, "c", b"C")


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "link.jpg").symlink_to("pipe.jpg")
    (tmp_path / "null.jpg").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s.jpg"))
        for name, what in [
            ("pipe.jpg", "a named pipe"),
            ("link.jpg", "a named pipe"),
            ("null.jpg", "a device"),
            ("s.jpg", "a socket"),
        ]:
            with pytest.raises(OSError, match=f"{what}, not a regular file"):
                PictureFiles([tmp_path / name]).read(0)


@pytest.mark.parametrize("name", ["a\0.jpg", "gone.jpg"])
def test_a_name_that_no_file_can_have_is_missing(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileNotFoundError):
        PictureFiles([f"{tmp_path}/{name}"]).read(0)


def test_a_link_to_a_picture_is_a_picture(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"A")
    (tmp_path / "b.png").symlink_to("a.png")
    assert PictureFiles([tmp_path / "b.png"]).read(0) == b"A"


def test_a_file_beyond_all_pictures_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "huge.png").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(OSError, match="larger than 1,024 MiB"):
        PictureFiles([tmp_path / "huge.png"]).read(0)
