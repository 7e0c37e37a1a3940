"""JSON in every form that taggers write."""

import json
from pathlib import Path
from typing import Any

import pytest

from labelsphere.annotations.readers.json_file import read_json
from labelsphere.annotations.readers.raw import RawTable, ReadOptions
from labelsphere.errors import DataError

SETS = {"a.jpg": ["sky", "sea"], "b.jpg": ["sky"]}
ROWS = [{"image": image, "tags": tags} for image, tags in SETS.items()]
COCO = {
    "images": [{"id": 0, "file_name": "a.jpg"}, {"id": 1, "file_name": "b.jpg"}],
    "categories": [{"id": 0, "name": "sky"}, {"id": 1, "name": "sea"}],
    "annotations": [
        {"image_id": 0, "category_id": 0},
        {"image_id": 0, "category_id": 1},
        {"image_id": 1, "category_id": 0},
    ],
}


def read(folder: Path, text: str) -> RawTable:
    (folder / "tags.json").write_text(text, encoding="utf-8")
    return read_json(folder / "tags.json", ReadOptions())


@pytest.mark.parametrize(
    "document",
    [
        ROWS,
        SETS,
        {image: ", ".join(tags) for image, tags in SETS.items()},
        {image: {"tags": tags} for image, tags in SETS.items()},
        {image: {"tags": ", ".join(tags), "caption": "x"} for image, tags in SETS.items()},
        [{"file_name": image, "labels": tags} for image, tags in SETS.items()],
        [{"image": image, "tags": dict.fromkeys(tags, 1)} for image, tags in SETS.items()],
        [{"image": i, "tags": [{"label": t, "score": 1} for t in ts]} for i, ts in SETS.items()],
        [{"image": image, "label": tag} for image, tags in SETS.items() for tag in tags],
        {"x": {"image": "a.jpg", "tags": ["sky", "sea"]}, "y": ROWS[1]},
        {"image": list(SETS), "tags": list(SETS.values())},
        {
            "image": {str(number): image for number, image in enumerate(SETS)},
            "tags": {str(number): tags for number, tags in enumerate(SETS.values())},
        },
        {
            "columns": ["image", "tags"],
            "index": [0, 1],
            "data": [list(item) for item in SETS.items()],
        },
        COCO,
    ],
)
def test_every_form_holds_the_same(tmp_path: Path, document: Any) -> None:
    for indent in (None, 2):
        table = read(tmp_path, json.dumps(document, indent=indent))
        names = (table.paths if table.paths is not None else table.image_ids).to_list()
        found: dict[str, list[str]] = {name: [] for name in names}
        for row, tag in table.tags.select("row", "tag").rows():
            found[names[row]].append(tag)
        assert found == SETS


def test_json_lines_under_this_ending_are_read(tmp_path: Path) -> None:
    table = read(tmp_path, "\n".join(json.dumps(row) for row in ROWS))
    assert table.image_ids.to_list() == ["a.jpg", "b.jpg"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("{}", "has {}; expected COCO's"),
        ("3", "expected COCO's"),
        ('"text"', "expected COCO's"),
        ('{"a": 1, "b": 2}', 'has keys "a", "b"; expected COCO'),
        ("[1]", "entry 1: expected an object"),
        ('[{"image": "a", "tags": ["sky"]}, {"image": "b", "tags": [3]}]', r"entry 2: 'tags' is"),
        ('[{"image": "a", "tags": ["sky"]}, 5]', "entry 2: expected an object .* but got 5"),
        ('[{"image": "", "tags": ["sky"]}]', "entry 1: no image in column 'image'"),
        ('[{"image": "a", "tags": ["s\\nk"]}]', "entry 1: the tag .* holds a line end"),
        ('{"a.jpg": ["sky\\u0000"]}', "'a.jpg': the tag .* holds a NUL byte"),
        ('{"a.jpg": ["sky"', "not valid JSON"),
        ("[" * 100_000, "nested too deep"),
        ('{"images": 1, "annotations": []}', "has no list under 'images'"),
    ],
)
def test_what_does_not_fit_is_said(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"a.jpg": ["x"], "b.jpg": ["y"], "a.jpg": ["z"]}', ": key 'a.jpg'"),
        ('[{"image": "a", "tags": ["x"]}, {"image": "b", "tags": [], "tags": ["y"]}]', " entry 2:"),
        ('{"a.jpg": {"tags": "x"}, "b.jpg": {"tags": "x", "tags": "y"}}', ": 'b.jpg': key 'tags'"),
        ('[{"image": "a", "tags": {"x": 0.5, "x": 0.9}}]', " entry 1: key 'x'"),
        ('{"images": [], "annotations": [], "categories": [], "images": []}', ": key 'images'"),
    ],
)
def test_a_key_given_twice_loses_nothing(tmp_path: Path, text: str, place: str) -> None:
    file = tmp_path / "t.json"
    file.write_text(text)
    with pytest.raises(DataError) as raised:
        read_json(file, ReadOptions())
    assert str(raised.value).startswith(f"{file}{place}")
    assert "is given twice; expected each key once" in str(raised.value)
