import csv
import io
import json
import tarfile
from pathlib import Path

import polars as pl
import pytest

from labelsphere.archive.writers import OUTPUT_WRITERS, Written, writer_for
from labelsphere.errors import UsageError
from labelsphere.tagger.tag import Tag

CALIBRATED = [
    Written('a,"b".png', [Tag("sky", 1.0, 0.9, True, False), Tag("sea", 0.2, 0.3, False, True)]),
    Written("new\nline.png", []),
    Written("海.png", [Tag("日本", 1.5, 0.99, True, False)]),
]
RAW = [Written(one.name, [Tag(tag.label, tag.score) for tag in one.tags]) for one in CALIBRATED]


def test_json_lines(tmp_path: Path) -> None:
    OUTPUT_WRITERS[".jsonl"](CALIBRATED, tmp_path / "o", calibrated=True)
    lines = (tmp_path / "o").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[0]) == {
        "image": 'a,"b".png',
        "tags": [{"label": "sky", "probability": 0.9}],
        "suggested": [{"label": "sea", "probability": 0.3}],
    }
    assert json.loads(lines[1]) == {"image": "new\nline.png", "tags": [], "suggested": []}
    OUTPUT_WRITERS[".jsonl"](RAW, tmp_path / "o", calibrated=False)
    lines = (tmp_path / "o").read_text(encoding="utf-8").splitlines()
    assert json.loads(lines[2]) == {"image": "海.png", "tags": [{"label": "日本", "score": 1.5}]}


def test_csv(tmp_path: Path) -> None:
    OUTPUT_WRITERS[".csv"](CALIBRATED, tmp_path / "o", calibrated=True)
    with (tmp_path / "o").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [
            ["image", "label", "probability", "status"],
            ['a,"b".png', "sky", "0.9", "accepted"],
            ['a,"b".png', "sea", "0.3", "suggested"],
            ["海.png", "日本", "0.99", "accepted"],
        ]
    OUTPUT_WRITERS[".csv"](RAW, tmp_path / "o", calibrated=False)
    assert (tmp_path / "o").read_text(encoding="utf-8").startswith("image,label,score\n")


def test_parquet(tmp_path: Path) -> None:
    OUTPUT_WRITERS[".parquet"](CALIBRATED, tmp_path / "o", calibrated=True)
    table = pl.read_parquet(tmp_path / "o")
    assert table["image"].to_list() == [one.name for one in CALIBRATED]
    assert table["tags"].to_list() == [["sky", "sea"], [], ["日本"]]
    assert table["probability"].to_list() == [[0.9, 0.3], [], [0.99]]
    assert table["status"].to_list() == [["accepted", "suggested"], [], ["accepted"]]
    OUTPUT_WRITERS[".parquet"]([], tmp_path / "o", calibrated=False)
    assert pl.read_parquet(tmp_path / "o").height == 0


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
    given = [Written(f"{path}::{name}", tags) for name in ("1.jpg", "2.jpg", "d/4.x.png")]
    OUTPUT_WRITERS[".tar"](given, tmp_path / "o.tar", calibrated=True)
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
    for given in ([Written("a.png", [])], [Written("a.tar::1", []), Written("b.tar::1", [])], []):
        with pytest.raises(UsageError, match="from the pictures of one tar file"):
            OUTPUT_WRITERS[".tar"](given, tmp_path / "o.tar", calibrated=True)


def test_the_ending_chooses_the_writer() -> None:
    assert writer_for(Path("x.JSONL")) is OUTPUT_WRITERS[".jsonl"]
    with pytest.raises(UsageError, match=r"must end in \.jsonl, \.csv, \.parquet, \.tar"):
        writer_for(Path("x.xlsx"))
