"""Tar shards as sources of pictures."""

import io
import tarfile
from pathlib import Path

import pytest

from labelsphere.archive.sources import items_of, key_of
from labelsphere.archive.sources.tar import refusal_of, tar_items
from labelsphere.errors import DataError


def make_tar(path: Path, *members: tuple[str, bytes]) -> None:
    with tarfile.open(path, "w") as file:
        for name, data in members:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            file.addfile(member, io.BytesIO(data))


@pytest.mark.parametrize("ending", ["tar", "tar.gz"])
def test_shards(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"s.{ending}"
    with tarfile.open(path, "w:gz" if ending.endswith("gz") else "w") as file:
        for name in ("1.jpg", "1.json", "d/2.seg.png", "../out.jpg", "/root.jpg"):
            member = tarfile.TarInfo(name)
            member.size = 3
            file.addfile(member, io.BytesIO(b"abc"))
        link = tarfile.TarInfo("link.jpg")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        file.addfile(link)
    said: list[str] = []
    found = list(tar_items(path, said.append))
    assert said == [
        f"{path}: ../out.jpg leads out of the archive: skipped",
        f"{path}: /root.jpg leads out of the archive: skipped",
        f"{path}: link.jpg is not a regular file: skipped",
    ]
    assert [item.name for item in found] == [f"{path}::1.jpg", f"{path}::d/2.seg.png"]
    assert [(item.read(), item.size, item.path) for item in found] == [(b"abc", 3, None)] * 2
    assert list(tmp_path.iterdir()) == [path]


def test_a_damaged_shard_is_named(tmp_path: Path) -> None:
    make_tar(tmp_path / "s.tar", ("1.jpg", bytes(5000)))
    (tmp_path / "s.tar").write_bytes((tmp_path / "s.tar").read_bytes()[:2000])
    with pytest.raises(DataError, match=r"s\.tar cannot be read as a tar file"):
        list(items_of([tmp_path / "s.tar"], lambda _: None))


def test_keys_are_as_in_webdataset() -> None:
    assert key_of("a/b.c/0001.photo.jpg") == "a/b.c/0001"
    assert key_of("0001.jpg") == "0001"


def test_members_that_are_not_files_of_the_archive_have_a_reason() -> None:
    member = tarfile.TarInfo("d/1.jpg")
    assert refusal_of(member) == ""
    member.size = 1 << 40
    assert refusal_of(member).startswith("is larger than ")
    member.type = tarfile.CHRTYPE
    assert refusal_of(member) == "is not a regular file"
    assert refusal_of(tarfile.TarInfo("d/../../1.jpg")) == "leads out of the archive"
