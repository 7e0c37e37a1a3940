"""Parquet is what Polars reads back."""

from pathlib import Path

import polars as pl

from labelsphere.archive.writers.parquet import write_parquet
from tests.archive.writers.pictures import CALIBRATED


def test_parquet(tmp_path: Path) -> None:
    write_parquet(CALIBRATED, tmp_path / "o", calibrated=True)
    table = pl.read_parquet(tmp_path / "o")
    assert table["image"].to_list() == [one.name for one in CALIBRATED]
    assert table["tags"].to_list() == [["sky", "sea"], [], ["日本"]]
    assert table["probability"].to_list() == [[0.9, 0.3], [], [0.99]]
    assert table["status"].to_list() == [["accepted", "suggested"], [], ["accepted"]]
    write_parquet([], tmp_path / "o", calibrated=False)
    assert pl.read_parquet(tmp_path / "o").height == 0
