"""Annotations written and read back."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.annotations import Annotations
from labelsphere.annotations.empty_markers import EMPTY_MARKERS
from labelsphere.errors import ArtefactError, UsageError

TAG = st.text("abc xyzäß-'", min_size=1, max_size=8).filter(
    lambda tag: tag == tag.strip() and tag not in EMPTY_MARKERS
)
ROWS = [["sky", "wine glass"], [], ["sky"]]


def tags() -> Annotations:
    found = Annotations.from_lists(ROWS, image_ids=["1.png", "2.png", "3.png"])
    return replace(found, columns=pl.DataFrame({"split": ["train", "test", "train"]}))


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_what_is_written_is_read_back(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"tags.{ending}"
    tags().write(path)
    again = Annotations.read(path)
    assert list(again.image_ids) == ["1.png", "2.png", "3.png"]
    assert [again.tags_of(row) for row in range(3)] == [sorted(row) for row in ROWS]
    assert again.column("split").to_list() == ["train", "test", "train"]


@given(st.lists(st.lists(TAG, max_size=4), min_size=1, max_size=5))
def test_any_tags_come_back_from_parquet(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    if not any(rows):
        return
    path = tmp_path_factory.mktemp("written") / "tags.parquet"
    Annotations.from_lists(rows).write(path)
    again = Annotations.read(path)
    assert [again.tags_of(row) for row in range(len(rows))] == [sorted(set(row)) for row in rows]


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "tags.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(ArtefactError, match="exists"):
        tags().write(tmp_path / "tags.csv")
    assert (tmp_path / "tags.csv").read_text(encoding="utf-8") == "mine"


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.csv, \.jsonl, \.parquet"):
        tags().write(tmp_path / "tags.txt")
