"""Shards are copied with the tags of each picture."""

import io
import json
import tarfile
from pathlib import Path

import pytest

from labelsphere.archive.writers.output_picture import OutputPicture
from labelsphere.archive.writers.tar import write_tar
from labelsphere.errors import UsageError
from labelsphere.tagger.tag import Tag


def shard(path: Path) -> None:
    with tarfile.open(path, "w") as file:
        for name, data in [
            ("1.jpg", b"one"), ("1.txt", b"caption"), ("2.jpg", b"two"), ("2.json", b"{}"),
            ("../3.jpg", b"out"), ("d/4.x.png", b"four"),
        ]:  # fmt: skip
            member = tarfile.TarInfo(name)
            member.size = len(data)
            file.addfile(member, io.BytesIO(data))


def test_a_shard_is_copied_with_tags_beside(tmp_path: Path) -> None:
    path = tmp_path / "s.tar"
    shard(path)
    before = path.read_bytes()
    tags = [Tag("sky", 1.0, 0.9, True, False)]
    given = [OutputPicture(f"{path}::{name}", tags) for name in ("1.jpg", "2.jpg", "d/4.x.png")]
    write_tar(given, tmp_path / "o.tar", calibrated=True)
    with tarfile.open(tmp_path / "o.tar") as file:
        names = file.getnames()
        contents = {name: file.extractfile(name).read() for name in names}  # type: ignore[union-attr]
    assert names == [
        "1.jpg",
        "1.json",
        "1.txt",
        "2.jpg",
        "2.tags.json",
        "2.json",
        "d/4.x.png",
        "d/4.json",
    ]
    assert contents["2.json"] == b"{}"
    assert contents["1.txt"] == b"caption"
    assert json.loads(contents["d/4.json"])["tags"] == [{"label": "sky", "probability": 0.9}]
    assert path.read_bytes() == before


def test_a_tar_of_anything_else_is_refused(tmp_path: Path) -> None:
    for given in (
        [OutputPicture("a.png", [])],
        [OutputPicture("a.tar::1", []), OutputPicture("b.tar::1", [])],
        [],
    ):
        with pytest.raises(UsageError, match="from the pictures of one tar file"):
            write_tar(given, tmp_path / "o.tar", calibrated=True)
