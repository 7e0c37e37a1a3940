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
        ('{"images": [],\n oops', "line 2 column 2: not valid JSON"),
        ([], "has no 'images'; expected COCO's 'images', 'annotations' and 'categories'"),
        ({"images": IMAGES, "categories": CATEGORIES}, "has no 'annotations'"),
        (coco(images=[]), "has no images"),
        (coco(images=IMAGES[:1] * 2), r"images\[1\]: image id 7 is given twice"),
        (coco(images={"id": 1}), "has no list under 'images'"),
        (coco(images=[{"file_name": "a"}]), r"images\[0\] has no 'id'"),
        (coco(images=[{"id": True}]), r"images\[0\]: 'id' must be a number or text, but is true"),
        (coco(images=[3]), r"images\[0\]: expected an object with 'id', but got 3"),
        (coco(images=[{"id": 1, "file_name": 4}]), r"images\[0\]: 'file_name' must be text"),
        (coco(images=[{"id": 1, "neg_category_ids": 4}]), "'neg_category_ids' must be a list"),
        (
            coco(categories=[{"id": 1, "name": 5}]),
            r"categories\[0\]: 'name' must be text, but is 5",
        ),
        (
            coco(categories=[{"id": 1, "name": "cat"}, {"id": 1, "name": "dog"}]),
            r"categories\[1\]: category id 1 is given twice, as 'cat' and as 'dog'",
        ),
        (coco((2, 1), (2, None)), r"annotations\[1\]: 'category_id' must be a number or text"),
        (coco((2, 1.5)), r"annotations\[0\]: 'category_id' must be .*, but is 1.5"),
        (coco(annotations=[{"image_id": 7}]), r"annotations\[0\] has no 'category_id'"),
        (
            {"images": IMAGES, "annotations": [{"image_id": 7, "caption": "a cat"}]},
            "holds captions, no categories",
        ),
    ],
)
def test_what_does_not_fit_is_said(tmp_path: Path, document: Any, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(tmp_path, document)


def test_ids_may_be_text_or_whole_numbers_as_floats(tmp_path: Path) -> None:
    images = [{"id": "a-1", "file_name": "g.jpg"}, {"id": 2.0, "file_name": "b.jpg"}]
    table = read(tmp_path, coco(("a-1", 1.0), (2, "90"), images=images))
    assert table.image_ids.to_list() == ["a-1", "2"]
    assert table.tags.rows() == [(0, "cat"), (1, "dog")]


def test_annotations_of_what_is_not_listed_are_left_out_and_counted(tmp_path: Path) -> None:
    table = read(tmp_path, coco((3, 1), (2, 90), (2, 5), (7, 6)))
    assert table.tags.rows() == [(1, "dog")]
    assert table.notes == (
        "1 annotation left out, of images that are not listed under 'images': annotations[0]",
        "2 annotations left out, of categories that are not listed under 'categories': "
        "annotations[2], annotations[3]",
    )


def test_lvis_has_addresses_and_known_absences(tmp_path: Path) -> None:
    images = [
        {
            "id": 1,
            "coco_url": "http://images.example.org/train2017/0001.jpg",
            "neg_category_ids": [90, 4, 1],
        },
        {"id": 2, "coco_url": "http://images.example.org/val2017/0002.jpg"},
    ]
    table = read(tmp_path, coco((1, 1), (2, 90), images=images))
    assert table.paths is not None
    assert table.paths.to_list() == ["train2017/0001.jpg", "val2017/0002.jpg"]
    # The cat is there, whatever the list of absences says; category 4 is not listed.
    assert table.tags.rows() == [(0, "cat", 1.0), (1, "dog", 1.0), (0, "dog", 0.0)]


def test_panoptic_segments_are_objects(tmp_path: Path) -> None:
    segments = [{"category_id": 1}, {"category_id": 90}, {"category_id": 1}]
    table = read(tmp_path, coco(annotations=[{"image_id": 7, "segments_info": segments}]))
    assert table.tags.rows() == [(0, "cat"), (0, "dog")]


def test_images_without_files_have_no_paths(tmp_path: Path) -> None:
    table = read(tmp_path, coco((1, 1), images=[{"id": 1}]))
    assert table.paths is None
    assert table.columns.width == 0


def test_scores_and_a_lack_of_annotations_are_told(tmp_path: Path) -> None:
    scored = [{"image_id": 2, "category_id": 1, "score": 0.25}]
    table = read(tmp_path, coco(annotations=scored))
    assert table.tags.columns == ["row", "tag"]
    assert table.notes == ("1 annotation has a 'score', as predictions have; it is not read",)
    assert read(tmp_path, coco()).notes == ("'annotations' is empty: no image has a tag",)
