"""Annotations written and read back."""

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.annotations import Annotations
from labelsphere.annotations.writing import write_annotations
from labelsphere.errors import ArtefactError, DataError, UsageError

TAG = st.text("abc xyzäß-'", min_size=1, max_size=8).filter(lambda tag: tag == tag.strip())
ROWS = [["sky", "wine glass"], [], ["sky"]]


def tags() -> Annotations:
    found = Annotations.from_lists(ROWS, image_ids=["1.png", "2.png", "3.png"])
    return replace(found, columns=pl.DataFrame({"split": ["train", "test", "train"]}))


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_what_is_written_is_read_back(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"tags.{ending}"
    write_annotations(tags(), path)
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
    write_annotations(Annotations.from_lists(rows), path)
    again = Annotations.read(path)
    assert [again.tags_of(row) for row in range(len(rows))] == [sorted(set(row)) for row in rows]


def test_a_comma_does_not_go_into_csv(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"'salt, pepper' holds a comma.*\.jsonl"):
        write_annotations(Annotations.from_lists([["salt, pepper"]]), tmp_path / "tags.csv")
    assert list(tmp_path.iterdir()) == []


def test_lists_do_not_go_into_csv(tmp_path: Path) -> None:
    nested = replace(tags(), columns=pl.DataFrame({"boxes": [[1], [2], [3]]}))
    with pytest.raises(DataError, match="column 'boxes' holds lists"):
        write_annotations(nested, tmp_path / "tags.csv")


def test_a_file_that_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / "tags.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(ArtefactError, match="exists"):
        write_annotations(tags(), tmp_path / "tags.csv")
    assert (tmp_path / "tags.csv").read_text(encoding="utf-8") == "mine"


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"\.csv, \.jsonl, \.parquet"):
        write_annotations(tags(), tmp_path / "tags.txt")
