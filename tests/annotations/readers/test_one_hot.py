"""One-hot tables: what is a mark, and what is none."""

import time
from pathlib import Path

import numpy as np
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


def test_thousands_of_columns_are_read_as_quickly_as_their_cells(tmp_path: Path) -> None:
    labels, images = 3000, 4
    has = np.random.default_rng(0).random((images, labels)) < 0.3
    lines = ["image," + ",".join(f"tag{number}" for number in range(labels))]
    lines += [f"{n}.jpg," + ",".join(map(str, row.astype(int))) for n, row in enumerate(has)]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    start = time.process_time()
    tags = Annotations.read(tmp_path / "t.csv", format="one-hot")
    # Time that grew with the square of the columns was 30 s here.
    assert time.process_time() - start < 12
    named = [{f"tag{number}" for number in np.flatnonzero(row)} for row in has]
    assert [set(tags.tags_of(row)) for row in range(images)] == named
    assert tags.absent is not None
    # Of the labels that occur, each image is known to lack those that it does not have.
    occurring = has.any(axis=0)
    assert tags.absent.sum(axis=1).tolist() == [int((occurring & ~row).sum()) for row in has]
