from pathlib import Path

import polars as pl
import pytest

from labelsphere.annotations.readers.parquet import read_parquet
from labelsphere.annotations.readers.raw import RawTable, ReadOptions
from labelsphere.errors import DataError


def read(folder: Path, frame: pl.DataFrame) -> RawTable:
    frame.write_parquet(folder / "[tags].parquet")
    return read_parquet(folder / "[tags].parquet", ReadOptions())


def test_lists_and_stored_pictures_are_read(tmp_path: Path) -> None:
    image = pl.Series([{"bytes": b"A", "path": None}, {"bytes": None, "path": None}])
    frame = pl.DataFrame({"image": image, "id": ["a", "b"], "labels": [["x", "y"], None]})
    table = read(tmp_path, frame.with_columns(split=pl.lit("train")))
    assert table.image_ids.to_list() == ["a", "b"]
    assert table.tags.rows() == [(0, "x"), (0, "y")]
    assert table.columns.columns == ["split"]
    assert table.picture_bytes is not None
    assert table.picture_bytes.to_list() == [b"A", None]


@pytest.mark.parametrize("lists", [[None, None], [[], []]])
def test_empty_lists_of_no_type_are_no_tags(tmp_path: Path, lists: list[object]) -> None:
    table = read(tmp_path, pl.DataFrame({"id": ["a", "b"], "tags": lists}))
    assert table.tags.is_empty()


@pytest.mark.parametrize("data", [b"", b"PAR1", b"no parquet at all, but long enough"])
def test_other_files_are_refused(tmp_path: Path, data: bytes) -> None:
    file = tmp_path / "tags.parquet"
    file.write_bytes(data)
    with pytest.raises(
        DataError, match=r"tags\.parquet (is empty|is not a Parquet file|cannot be read)"
    ):
        read_parquet(file, ReadOptions())


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    read(tmp_path, pl.DataFrame({"id": ["a"] * 99, "tags": [["x"]] * 99}))
    data = (tmp_path / "[tags].parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(data[: len(data) // 2])
    with pytest.raises(DataError, match="is Parquet, but truncated"):
        read_parquet(tmp_path / "cut.parquet", ReadOptions())
