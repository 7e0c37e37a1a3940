"""One-hot tables: what is a mark, and what is none."""

from pathlib import Path

import polars as pl
import pytest

from labelsphere.annotations import Annotations


@pytest.mark.parametrize(
    ("mark", "tagged", "absent"),
    [
        ("1", True, False),
        ("1.0", True, False),
        ("0", False, True),
        ("0.0", False, True),
        ("-1", False, False),
        ("", False, False),
    ],
)
def test_marks(tmp_path: Path, mark: str, tagged: bool, absent: bool) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"image,sky,cat\na.jpg,1,{mark}\nb.jpg,1,1\n")
    tags = Annotations.read(path, format="one-hot")
    assert ("cat" in tags.tags_of(0)) is tagged
    absences = tags.absent
    there = absences is not None and bool(absences[[0]].nnz)
    assert there is absent


@pytest.mark.parametrize("values", [[True, False, None], [1, 0, -1], [1.0, 0.0, None]])
def test_parquet_has_numbers_or_booleans(tmp_path: Path, values: list[float | None]) -> None:
    frame = pl.DataFrame({"file_name": ["a.jpg", "b.jpg", "c.jpg"], "cat": values})
    frame.write_parquet(tmp_path / "t.parquet")
    tags = Annotations.read(tmp_path / "t.parquet", format="one-hot")
    assert [tags.tags_of(row) for row in range(3)] == [["cat"], [], []]
    assert tags.absent is not None
    assert tags.absent.toarray().ravel().tolist() == [0, 1, 0]
