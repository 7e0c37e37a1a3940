"""Files under a wrong name are told for what they are."""

import bz2
import gzip
import io
import lzma
import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from PIL import Image

from labelsphere.annotations import Annotations
from labelsphere.errors import DataError

TABLE = b"image,tags\na.jpg,sky\n"


def workbook() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    return file.getvalue()


def array() -> bytes:
    file = io.BytesIO()
    np.save(file, np.zeros(3))
    return file.getvalue()


def parquet() -> bytes:
    file = io.BytesIO()
    pl.DataFrame({"image": ["a"], "tags": [["sky"]]}).write_parquet(file)
    return file.getvalue()


def picture(kind: str) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (4, 4)).save(file, kind)
    return file.getvalue()


POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"
KINDS = {
    "gzip": (gzip.compress(TABLE), "compressed by gzip; .* gunzip"),
    "bzip2": (bz2.compress(TABLE), "compressed by bzip2"),
    "xz": (lzma.compress(TABLE), "compressed by xz"),
    "workbook": (workbook(), "a ZIP archive, as Excel workbooks are"),
    "old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook"),
    "array": (array(), "a NumPy array"),
    "png": (picture("PNG"), "a picture"),
    "jpeg": (picture("JPEG"), "a picture"),
    "page": (b"<!DOCTYPE html>\n<html></html>", "a web page; .*fetch the file again"),
    "page with a mark": (b"\xef\xbb\xbf\n <HTML lang=en>", "a web page"),
    "pointer": (POINTER, "a Git LFS pointer, not the file itself; .* git lfs pull"),
    "database": (b"SQLite format 3\0", "an SQLite database"),
    "pdf": (b"%PDF-1.7", "a PDF"),
}


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".json", ".parquet", ".tsv", ".txt"])
@pytest.mark.parametrize("kind", KINDS)
def test_another_kind_of_file_is_named(tmp_path: Path, ending: str, kind: str) -> None:
    data, message = KINDS[kind]
    file = tmp_path / f"tags{ending}"
    file.write_bytes(data)
    with pytest.raises(DataError, match=message):
        Annotations.read(file)


def test_a_parquet_file_under_another_name_is_told(tmp_path: Path) -> None:
    (tmp_path / "tags.csv").write_bytes(parquet())
    with pytest.raises(DataError, match="a Parquet file; expected a text file: give the argument"):
        Annotations.read(tmp_path / "tags.csv")
    assert Annotations.read(tmp_path / "tags.csv", format="parquet").n_images == 1


def test_a_table_is_no_other_kind(tmp_path: Path) -> None:
    for text in ("PK,tags\n", "image,tags\nBZh,<html>\n"):
        (tmp_path / "tags.csv").write_text(text.replace("PK", "image") + "a,b\n")
        assert Annotations.read(tmp_path / "tags.csv").n_images
