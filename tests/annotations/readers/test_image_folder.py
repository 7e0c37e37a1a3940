"""Hugging Face's ImageFolder: tables beside pictures."""

import json
from pathlib import Path

import polars as pl

from labelsphere.annotations import Annotations


def test_tables_of_all_kinds_are_joined(tmp_path: Path) -> None:
    for split in ("test", "train", "validation", ".hidden"):
        (tmp_path / split).mkdir()
    (tmp_path / "train/metadata.jsonl").write_text(
        json.dumps({"file_name": "a.jpg", "tags": ["cat", "sky"], "by": "me"}) + "\n"
    )
    (tmp_path / "test/metadata.csv").write_text('file_name,tags\nin/b.jpg,"cat"\n')
    frame = pl.DataFrame({"file_name": ["c.jpg"], "tags": [["sky"]]})
    frame.write_parquet(tmp_path / "validation/metadata.parquet")
    (tmp_path / ".hidden/metadata.csv").write_text('file_name,tags\nz.jpg,"cat"\n')
    tags = Annotations.read(tmp_path)
    found = {name: sorted(tags.tags_of(row)) for row, name in enumerate(tags.image_ids)}
    assert found == {
        "test/in/b.jpg": ["cat"],
        "train/a.jpg": ["cat", "sky"],
        "validation/c.jpg": ["sky"],
    }
    assert tags.columns["by"].to_list() == [None, "me", None]
