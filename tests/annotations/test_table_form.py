"""The layout that each kind of table is read with, so that it can be written back alike."""

import json
from pathlib import Path

import polars as pl
import pytest

from labelsphere.annotations import Annotations
from labelsphere.annotations.table_form import TableForm


def form_of(file: Path) -> TableForm:
    form = Annotations.read(file).form
    assert form is not None
    return form


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "id,image,tags,n\n1,a.jpg,sea,3\n",
            TableForm(("id", "image", "tags", "n"), "id", "tags"),
        ),
        (
            "label,image,score\nsea,a.jpg,0.5\n",
            TableForm(("label", "image", "score"), "image", "label", "score", long=True),
        ),
        (
            "image,tags,negative tags\na.jpg,sea,car\n",
            TableForm(("image", "tags", "negative tags"), "image", "tags", absent="negative tags"),
        ),
        (
            "folder,filename,label\nd,1.jpg,cat\n",
            TableForm(("folder", "filename", "label"), None, "label", long=True),
        ),
    ],
)
def test_columns_and_their_roles(tmp_path: Path, text: str, expected: TableForm) -> None:
    (tmp_path / "t.csv").write_text(text)
    assert form_of(tmp_path / "t.csv") == expected


def test_the_separator_of_cells_is_kept(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("image,tags\na.jpg,sea|sky\n")
    form = Annotations.read(tmp_path / "t.csv", separator="|").form
    assert form is not None
    assert form.separator == "|"


def test_the_type_of_ids_and_the_column_of_pictures_are_kept(tmp_path: Path) -> None:
    table = pl.DataFrame({"id": [7], "image": [b"x"], "tags": [["sea"]]})
    table.write_parquet(tmp_path / "t.parquet")
    expected = TableForm(
        ("id", "image", "tags"), "id", "tags", pictures="image", image_type=pl.Int64()
    )
    assert form_of(tmp_path / "t.parquet") == expected


def test_what_is_no_table_has_no_form(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    (tmp_path / "a.txt").write_text("sea")
    assert Annotations.read(tmp_path).form is None
    coco = {
        "images": [{"id": 1, "file_name": "a.jpg"}],
        "categories": [{"id": 1, "name": "sea"}],
        "annotations": [{"image_id": 1, "category_id": 1}],
    }
    (tmp_path / "coco.json").write_text(json.dumps(coco))
    assert Annotations.read(tmp_path / "coco.json").form is None
