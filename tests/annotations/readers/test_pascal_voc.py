"""Pascal VOC's lists and objects."""

from pathlib import Path

import pytest

from labelsphere.annotations import Annotations
from labelsphere.errors import DataError


def put(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_lists_of_train_and_val_come_before_those_of_both(tmp_path: Path) -> None:
    files = {
        "JPEGImages/1.jpg": "",
        "ImageSets/Main/cat_train.txt": "1  1\n",
        "ImageSets/Main/cat_val.txt": "2 -1\n3  0\n",
        "ImageSets/Main/cat_trainval.txt": "1 -1\n2  1\n3 1\n",
        "ImageSets/Main/dining_table_trainval.txt": "1 1\n",
        "ImageSets/Main/train.txt": "1\n",
    }
    tags = Annotations.read(put(tmp_path, files))
    found = {name.split("/")[-1]: tags.tags_of(row) for row, name in enumerate(tags.image_ids)}
    assert {name.split(".")[0]: sorted(given) for name, given in found.items()} == {
        "1": ["cat", "dining_table"],
        "2": [],
        "3": [],
    }
    assert tags.columns["split"].to_list() == ["train", "val", "val"]


def test_objects_that_are_difficult_are_left_out(tmp_path: Path) -> None:
    one = "<object><name>{}</name><difficult>{}</difficult></object>"
    xml = f"<annotation><filename>7.png</filename>{one.format('cat', 0)}{one.format('dog', 1)}"
    files = {"JPEGImages/7.png": "", "Annotations/7.xml": xml + "</annotation>"}
    assert Annotations.read(put(tmp_path, files)).tags_of(0) == ["cat"]


@pytest.mark.parametrize("line", ["1", "1 1 1", "1 +1", "1 0.5"])
def test_other_lines_are_an_error(tmp_path: Path, line: str) -> None:
    files = {"JPEGImages/1.jpg": "", "ImageSets/Main/cat_train.txt": line}
    with pytest.raises(DataError, match=r"cat_train\.txt line 1"):
        Annotations.read(put(tmp_path, files))
