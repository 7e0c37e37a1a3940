import json
from pathlib import Path
from typing import Any

import pytest

from labelsphere.annotations.readers.coco import read_coco
from labelsphere.annotations.readers.raw import RawTable, ReadOptions
from labelsphere.errors import DataError

IMAGES = [{"id": 7, "file_name": "g.jpg", "width": 3}, {"id": 2, "file_name": "b.jpg"}]
CATEGORIES = [{"id": 1, "name": "cat"}, {"id": 90, "name": "dog", "supercategory": "animal"}]


def read(folder: Path, document: Any) -> RawTable:
    text = document if isinstance(document, str) else json.dumps(document)
    (folder / "instances.json").write_text(text)
    return read_coco(folder / "instances.json", ReadOptions())


def coco(*pairs: tuple[object, object], **parts: Any) -> dict[str, Any]:
    objects = [{"image_id": image, "category_id": category} for image, category in pairs]
    return {"images": IMAGES, "annotations": objects, "categories": CATEGORIES} | parts


def test_objects_become_tags_once_a_category(tmp_path: Path) -> None:
    table = read(tmp_path, coco((2, 90), (2, 1), (2, 90)))
    assert table.image_ids.to_list() == ["7", "2"]
    assert sorted(table.tags.rows()) == [(1, "cat"), (1, "dog")]
    assert table.columns["file_name"].to_list() == ["g.jpg", "b.jpg"]
    assert table.paths is not None
    assert table.paths.to_list() == ["g.jpg", "b.jpg"]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("", "is empty"),
        ('{"images": [],\n oops', "line 2: no JSON"),
        ([], "has no 'images'; expected COCO's .* name the file .jsonl"),
        ({"images": IMAGES, "categories": CATEGORIES}, "has no 'annotations'"),
        (coco(images=[]), "has no images"),
        (coco(images=IMAGES[:1] * 2), "image id 7 is given twice"),
        (coco((3, 1)), "1 annotation of images that are not under 'images'"),
        (coco((2, 5), (7, 6)), "2 annotations of categories that are not under 'categories'"),
        (coco(images=[{"id": 1}]), "each of 'images' must have a whole number 'id' and a text"),
        (coco(images=[{"id": "x", "file_name": "a"}]), "each of 'images' must have"),
        (coco(images={"id": 1}), "each of 'images' must have"),
        (coco(categories=[{"id": 1, "name": 5}]), "each of 'categories' must have"),
        (coco((2, "cat")), "each of 'annotations' must have a whole number 'image_id' and a num"),
    ],
)
def test_what_does_not_fit_is_said(tmp_path: Path, document: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(tmp_path, document)
