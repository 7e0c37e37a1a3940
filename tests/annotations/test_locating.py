from pathlib import Path

import polars as pl

from labelsphere.annotations.locating import SAMPLE, find_pictures


def names_of(paths: list[str | None], folder: Path, sure: bool = True) -> list[str] | None:
    found = find_pictures(pl.Series(paths, dtype=pl.String), folder, sure=sure)
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
