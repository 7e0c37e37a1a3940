"""What ``labelsphere tag`` prints is a table of tags."""

from pathlib import Path

import polars as pl
import pytest

from labelsphere.annotations import Annotations, stream_annotations

CSV = (
    "image,label,probability,status\na.jpg,sky,0.9,accepted\na.jpg,sea,0.4,suggested\n"
    "b.jpg,cat,0.1,other\nc.jpg,sky,0.75,accepted\n"
)


@pytest.mark.parametrize("chunk_bytes", [1 << 20, 40])
def test_what_is_accepted_is_a_tag(tmp_path: Path, chunk_bytes: int) -> None:
    (tmp_path / "out.csv").write_text(CSV)
    tags = Annotations.read(tmp_path / "out.csv")
    assert list(tags.image_ids) == ["a.jpg", "b.jpg", "c.jpg"]
    assert [tags.tags_of(row) for row in range(3)] == [["sky"], [], ["sky"]]
    assert tags.matrix.data.tolist() == pytest.approx([0.9, 0.75])
    assert tags.report.notes == ["2 tags left out that labelsphere suggested and did not accept"]
    found = {}
    for chunk in stream_annotations(tmp_path / "out.csv", chunk_bytes=chunk_bytes).chunks():
        found |= {image: chunk.tags_of(row) for row, image in enumerate(chunk.image_ids)}
    assert found == {"a.jpg": ["sky"], "b.jpg": [], "c.jpg": ["sky"]}


def test_parquet_is_read_alike(tmp_path: Path) -> None:
    table = pl.read_csv(CSV.encode())
    table.write_parquet(tmp_path / "out.parquet")
    stream = stream_annotations(tmp_path / "out.parquet")
    [chunk] = stream.chunks()
    assert [chunk.tags_of(row) for row in range(3)] == [["sky"], [], ["sky"]]


def test_another_status_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(CSV.replace("other", "checked"))
    tags = Annotations.read(tmp_path / "t.csv")
    assert tags.n_labels == 3
    assert tags.report.notes == [
        "columns that differ from tag to tag of an image left out: 'status'"
    ]
