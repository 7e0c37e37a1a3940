"""YOLO's data sets: where labels and names are."""

from pathlib import Path

import pytest

from labelsphere.annotations import Annotations
from labelsphere.annotations.readers.yolo import is_yolo
from labelsphere.errors import DataError


def put(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    "names",
    [
        {"data.yaml": "names: [cat, sky]"},
        {"dataset.yml": "names:\n  1: sky\n  0: cat\n"},
        {"classes.txt": "cat\nsky\n"},
        {"labels/classes.txt": "cat\nsky\n"},
    ],
)
def test_classes_are_named_in_several_places(tmp_path: Path, names: dict[str, str]) -> None:
    files = {"images/a.jpg": "", "labels/a.txt": "1 .5 .5 1 1\n\n0 0 0 1 1\n1 .2 .2 .1 .1\n"}
    tags = Annotations.read(put(tmp_path, {**files, **names}))
    assert sorted(tags.tags_of(0)) == ["cat", "sky"]


def test_the_last_folder_named_images_counts(tmp_path: Path) -> None:
    files = {
        "data.yaml": "names: [cat]",
        "images/old/images/valid/a.b.jpg": "",
        "images/old/labels/valid/a.b.txt": "0 0 0 1 1",
        "images/none.png": "",
    }
    tags = Annotations.read(put(tmp_path, files))
    found = dict(zip(tags.image_ids, map(tags.tags_of, range(2)), strict=True))
    assert sorted(map(len, found.values())) == [0, 1]
    splits = dict(zip(tags.image_ids, tags.columns["split"].to_list(), strict=True))
    assert splits[next(name for name, given in found.items() if given)] == "val"


@pytest.mark.parametrize("line", ["2 0 0 1 1", "-1 0 0 1 1", "nan 0 0 1 1", "inf 1", "cat 0 0 1 1"])
def test_a_class_without_a_name_is_an_error(tmp_path: Path, line: str) -> None:
    files = {"data.yaml": "names: [cat, sky]", "images/a.jpg": "", "labels/a.txt": f"0 1\n{line}"}
    with pytest.raises(DataError, match=r"a\.txt line 2: expected the number of one of 2 classes"):
        Annotations.read(put(tmp_path, files))


def test_what_is_laid_out_so(tmp_path: Path) -> None:
    assert not is_yolo(tmp_path)
    (tmp_path / "images").mkdir()
    assert not is_yolo(tmp_path)
    (tmp_path / "labels").mkdir()
    assert is_yolo(tmp_path)
