from pathlib import Path

import polars as pl
import pytest

from labelsphere.annotations.readers.frame import table_from_frame
from labelsphere.annotations.readers.pictures import bytes_and_paths, picture_column
from labelsphere.annotations.readers.raw import ReadOptions
from labelsphere.errors import DataError

IMAGE = pl.Struct({"bytes": pl.Binary, "path": pl.String})


def column(*values: dict[str, object]) -> pl.Series:
    return pl.Series("image", values, IMAGE)


def test_stored_bytes_come_with_their_paths() -> None:
    stored, paths = bytes_and_paths(
        column({"bytes": b"A", "path": "a.png"}, {"bytes": None, "path": None})
    )
    assert stored is not None
    assert stored.to_list() == [b"A", None]
    assert paths is not None
    assert paths.to_list() == ["a.png", None]


def test_a_part_without_values_is_not_there() -> None:
    stored, paths = bytes_and_paths(column({"bytes": None, "path": "a.png"}))
    assert stored is None
    assert paths is not None
    stored, paths = bytes_and_paths(column({"bytes": b"A", "path": None}))
    assert stored is not None
    assert paths is None
    stored, paths = bytes_and_paths(pl.Series("image", [b"A"]))
    assert stored is not None
    assert paths is None


def test_the_column_is_told_by_its_type() -> None:
    frame = pl.DataFrame(
        {"image": ["a"], "thumb": [b"A"], "photo": column({"bytes": b"B", "path": None})}
    )
    assert picture_column(frame, None) == "thumb"
    assert picture_column(frame, "photo") == "photo"
    assert picture_column(frame, "image") == "thumb"
    assert picture_column(frame.select("image"), None) is None


def test_a_column_of_tags_holds_no_pictures() -> None:
    frame = pl.DataFrame({"tags": [b"sky"], "thumb": [b"x"]})
    assert picture_column(frame, None) == "tags"
    assert picture_column(frame, None, "tags") == "thumb"
    for name, options in {"tags": ReadOptions(), "x": ReadOptions(tag_column="x")}.items():
        table = pl.DataFrame({"image": ["a"], name: [b"sky"]})
        with pytest.raises(DataError, match=f"column '{name}' holds bytes; expected text, or list"):
            table_from_frame(table, options, Path("t.parquet"))
