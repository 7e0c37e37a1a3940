import os
import unicodedata
from pathlib import Path

import polars as pl
import pytest

from labelsphere.annotations.locating import SAMPLE, find_pictures


def names_of(paths: list[str | None], folder: Path, sure: bool = True) -> list[str] | None:
    found = find_pictures(pl.Series(paths, dtype=pl.String), folder, sure=sure).files
    return None if found is None else [found.name(row) for row in range(len(found))]


def test_paths_are_relative_to_the_folder_unless_absolute(tmp_path: Path) -> None:
    away = str(tmp_path / "elsewhere" / "b.png")
    assert names_of(["in/a.JPG", away], tmp_path) == [str(tmp_path / "in/a.JPG"), away]


def test_ids_stand_for_files_with_an_ending(tmp_path: Path) -> None:
    for name in ("0a1.jpg", "v1.2.PNG", "notes.txt"):
        (tmp_path / name).touch()
    found = names_of(["0a1", "v1.2", "notes", "gone", None], tmp_path)
    expected = ["0a1.jpg", "v1.2.PNG", "notes", "gone", ""]
    assert found == [f"{tmp_path}/{name}" for name in expected]


def test_pictures_that_need_not_be_there_are_looked_for(tmp_path: Path) -> None:
    (tmp_path / "c.png").touch()
    assert names_of(["a.png", "b.png"], tmp_path, sure=False) is None
    assert names_of(["a.png", "c.png"], tmp_path, sure=False) == [
        str(tmp_path / "a.png"),
        str(tmp_path / "c.png"),
    ]


def test_a_large_table_is_only_sampled(tmp_path: Path) -> None:
    (tmp_path / "there.png").touch()
    rows = 3 * SAMPLE
    seldom = ["away.png"] * rows
    seldom[1] = "there.png"
    assert names_of(seldom, tmp_path, sure=False) is None
    half = ["away.png"] * (rows // 2) + ["there.png"] * (rows // 2)
    found = names_of(half, tmp_path, sure=False)
    assert found is not None
    assert len(found) == rows


COMPOSED = "caf\u00e9"
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)


@pytest.mark.parametrize(
    ("written", "on_disk", "told"),
    [
        (r"photos\a.jpg", "photos/a.jpg", "by reading"),
        (r".\photos\deep\a.jpg", "photos/deep/a.jpg", "by reading"),
        ("my%20photo.jpg", "my photo.jpg", "by reading"),
        ("caf%C3%A9.jpg", f"{COMPOSED}.jpg", "by reading"),
        ("file:///home/me/photos/a.jpg", "a.jpg", "not where their paths say"),
        ("file://localhost/C:/photos/a.jpg", "a.jpg", "not where their paths say"),
        (r"C:\Users\me\photos\a.jpg", "a.jpg", "not where their paths say"),
        (r"D:\photos\a.jpg", "photos/a.jpg", "not where their paths say"),
        ("/data/set/a.jpg", "a.jpg", "not where their paths say"),
        ("A.jpg", "a.JPG", "another case"),
        ("Photos/a.jpg", "photos/a.jpg", "another case"),
        (f"{COMPOSED}.jpg", f"{DECOMPOSED}.jpg", "Unicode form"),
        (f"{DECOMPOSED}/a.jpg", f"{COMPOSED}/a.jpg", "Unicode form"),
        (r"Photos\A%20b.jpg", "photos/a b.JPG", "another case"),
        ("a.jpg", "images/default/a.jpg", "further down"),
        ("cats/1.jpg", "train/cats/1.jpg", "further down"),
        ("0001", "train/0001.jpg", "further down"),
    ],
)
def test_a_path_is_read_in_the_way_that_leads_to_a_file(
    tmp_path: Path, written: str, on_disk: str, told: str
) -> None:
    file = tmp_path / on_disk
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    found = find_pictures(pl.Series([written]), tmp_path, sure=True)
    assert found.files is not None
    assert found.files.name(0) == str(file)
    assert len(found.notes) == 1
    assert told in found.notes[0]
    assert on_disk in found.notes[0]


def test_absolute_paths_keep_what_they_do_not_share(tmp_path: Path) -> None:
    for name in ("cats/1.jpg", "dogs/1.jpg"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    written = [r"C:\set\dogs\1.jpg", r"C:\set\cats\1.jpg"]
    assert names_of(written, tmp_path) == [
        str(tmp_path / "dogs/1.jpg"),
        str(tmp_path / "cats/1.jpg"),
    ]


def test_a_path_that_fits_several_files_takes_none(tmp_path: Path) -> None:
    for name in ("cats/1.jpg", "dogs/1.jpg"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).touch()
    found = find_pictures(pl.Series(["1.jpg", "birds/1.jpg"]), tmp_path, sure=True)
    assert found.files is not None
    assert found.files.name(0) == str(tmp_path / "1.jpg")
    # A folder that is named is a part of the name.
    assert found.files.name(1) == str(tmp_path / "birds/1.jpg")
    assert found.notes == [
        "1 path fits several pictures, and none is taken: 1.jpg (cats/1.jpg, dogs/1.jpg)"
    ]


def test_what_is_there_as_written_is_not_read_otherwise(tmp_path: Path) -> None:
    for name in ("a%20b.jpg", "a b.jpg"):
        (tmp_path / name).touch()
    found = find_pictures(pl.Series(["a%20b.jpg", "a b.jpg"]), tmp_path, sure=True)
    assert found.files is not None
    assert [found.files.name(row) for row in range(2)] == [
        str(tmp_path / "a%20b.jpg"),
        str(tmp_path / "a b.jpg"),
    ]
    assert found.notes == []


@pytest.mark.parametrize(
    "name", ["a photo of " + "very " * 70 + "nice", "data:image/png;base64," + "iVBO" * 200, "a\0b"]
)
def test_an_id_that_is_no_path_is_no_picture(tmp_path: Path, name: str) -> None:
    assert names_of([name], tmp_path, sure=False) is None
    assert names_of([name], tmp_path) == [f"{tmp_path}/{name}"]


def test_pictures_that_need_not_be_there_are_found_in_another_spelling(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "A.JPG").touch()
    assert names_of([r"photos\a.jpg"], tmp_path, sure=False) == [str(tmp_path / "photos/A.JPG")]
    assert names_of(["PHOTOS/a.jpg"], tmp_path, sure=False) == [str(tmp_path / "photos/A.JPG")]
    # Folders further down are not searched for pictures that may not be there at all.
    assert names_of(["a.jpg"], tmp_path, sure=False) is None


def test_a_name_that_is_not_utf8_is_written_with_its_bytes(tmp_path: Path) -> None:
    name = os.fsdecode(b"caf\xe9.jpg")
    (tmp_path / name).write_bytes(b"here")
    found, notes = find_pictures(pl.Series([r"caf\xe9.jpg"]), tmp_path, sure=True)
    assert notes == []
    assert found is not None
    assert found.read(0) == b"here"
    assert found.name(0) == str(tmp_path / r"caf\xe9.jpg")
