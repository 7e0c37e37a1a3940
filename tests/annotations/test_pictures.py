from pathlib import Path

import numpy as np
import polars as pl
import pytest

from labelsphere.annotations import PictureBytes, PictureFiles


def test_files_are_read_when_asked_for(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"A")
    pictures = PictureFiles([tmp_path / "a.png", tmp_path / "b.png"])
    assert len(pictures) == 2
    assert pictures.read(0) == b"A"
    assert pictures.name(1) == str(tmp_path / "b.png")
    with pytest.raises(FileNotFoundError):
        pictures.read(1)
    turned = pictures.select(np.array([1, 0]))
    assert turned.read(1) == b"A"


def test_stored_bytes_are_empty_where_there_are_none() -> None:
    pictures = PictureBytes(pl.Series([b"A", None, b"C"]), ["a", "b", "c"])
    assert [pictures.read(row) for row in range(3)] == [b"A", b"", b"C"]
    some = pictures.select(np.array([2, 1]))
    assert (len(some), some.name(0), some.read(0)) == (2, "c", b"C")
