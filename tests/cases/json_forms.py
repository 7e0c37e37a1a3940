# ruff: noqa: E501 - a case a line is easier to read
"""JSON of the shapes that data sets and taggers use, and damaged JSON."""

import json
from collections.abc import Iterator
from typing import Any

from tests.cases.builders import IMAGES, LABELS, ROWS, json_lines
from tests.cases.case import Case, Expect, reads, refuses
from tests.cases.tables import one

NAMES = sorted({tag for _, tags in ROWS for tag in tags})


def _coco(**changes: Any) -> dict[str, Any]:
    return {
        "images": [{"id": n, "file_name": image} for n, (image, _) in enumerate(ROWS)],
        "categories": [{"id": n, "name": name} for n, name in enumerate(NAMES)],
        "annotations": [
            {"id": 9, "image_id": n, "category_id": NAMES.index(tag)}
            for n, (_, tags) in enumerate(ROWS)
            for tag in tags
        ],
        **changes,
    }


def _changed(key: str, **changes: Any) -> dict[str, Any]:
    """COCO whose entries of one list have other values, each made from the old one."""
    coco = _coco()
    for entry in coco[key]:
        for name, change in changes.items():
            entry[name] = change(entry.get(name))
    return coco


def _json() -> Iterator[Case]:
    whole, lists = reads(IMAGES, LABELS), [{"image": i, "tags": list(t)} for i, t in ROWS]
    other = refuses("expected COCO's 'images', 'annotations' and 'categories', an array of objects")
    shapes: dict[str, tuple[Any, Expect]] = {
        "list": (lists, whole),
        "dict-of-lists": ({image: list(tags) for image, tags in ROWS}, whole),
        "kohya": ({image: {"tags": ", ".join(tags)} for image, tags in ROWS}, whole),
        "wrapped": ({"data": lists}, other),
        "number": (3, other),
        "text": ("sky", other),
        "null": (None, other),
        "empty-list": ([], refuses("has no rows; expected objects such as")),
        "empty-object": ({}, other),
    }
    for name, (value, expect) in shapes.items():
        yield one(f"json-{name}", json.dumps(value), expect, "tags.json")
    yield one("json-list-as-jsonl", json.dumps(lists), whole, "tags.jsonl")
    deep = "[" * 5000 + "]" * 5000
    for name in ("tags.json", "tags.jsonl"):
        ending = name.partition(".")[2]
        yield one(f"{ending}-deep-list", deep, refuses("nested|deep|expected"), name)
        nested = '{"image":"a.jpg","tags":' + '{"a":' * 4000 + "1" + "}" * 4001
        yield one(f"{ending}-deep-object", nested, refuses("nested|deep|expected"), name)
    good = json_lines([(image, list(tags)) for image, tags in ROWS])
    first = good.splitlines()[0]
    lines: dict[str, tuple[str, Expect]] = {
        "plain": (good, whole),
        "crlf-blank": (good.replace("\n", "\r\n\r\n"), whole),
        "bom": ("\ufeff" + good, whole),
        "truncated": (good[:-20], refuses("line 8")),
        "tags-int": (first + '\n{"image":"b.jpg","tags":[3]}\n', refuses("line 2")),
        "tags-mixed": (first + '\n{"image":"b.jpg","tags":"sky, sea"}\n', refuses("line 2: .*a list of text")),
        "column-of-two-types": (
            '{"image":"a.jpg","tags":["sky"],"stars":5}\n{"image":"b.jpg","tags":["sea"],"stars":"five"}\n',
            reads(2, 2, told="column 'stars' holds numbers and text .*line 1.*line 2"),
        ),
        "array-line": (first + "\n[1]\n", refuses("line 2")),
        "number-line": (first + "\n7\n", refuses("line 2")),
        "bad-escape": (first + '\n{"image":"\\x","tags":[]}\n', refuses("line 2")),
        "no-image": (first + '\n{"tags":["sky"]}\n', refuses("line 2|image")),
        "surrogate": (first + '\n{"image":"b\\ud83d.jpg","tags":["sky"]}\n', refuses("line 2: 'image' holds half a surrogate pair")),
        "confidences": (json_lines([(i, dict.fromkeys(t, 0.9)) for i, t in ROWS]), whole),
        "own-output": (
            json_lines([(i, [{"label": tag, "score": 0.5} for tag in t]) for i, t in ROWS]),
            whole,
        ),
    }  # fmt: skip
    for name, (text, expect) in lines.items():
        yield one(f"jsonl-{name}", text, expect, "tags.jsonl")


def _coco_cases() -> Iterator[Case]:
    whole = reads(IMAGES, LABELS)
    orphan = _coco()
    orphan["annotations"].append({"image_id": 999, "category_id": 1})
    unknown = _coco()
    unknown["annotations"].append({"image_id": 0, "category_id": 999})
    text_ids = _changed("images", id=lambda n: f"img-{n}")
    for entry in text_ids["annotations"]:
        entry["image_id"] = f"img-{entry['image_id']}"
    untagged = reads(IMAGES, 0, problems={"untagged_image": IMAGES})
    shapes: dict[str, tuple[Any, Expect]] = {
        "plain": (_coco(), whole),
        "orphan": (orphan, reads(IMAGES, LABELS, told="1 annotation left out, of images")),
        "unknown-category": (unknown, reads(IMAGES, LABELS, told="1 annotation left out, of categories")),
        "text-ids": (text_ids, whole),
        "float-ids": (_changed("annotations", category_id=float), whole),
        "null-category": (_changed("annotations", category_id=lambda _: None), refuses("annotation")),
        "lvis": (_changed("images", file_name=lambda _: None), whole),
        "captions": (_coco(annotations=[{"image_id": 0, "caption": "a sea"}]), refuses("categor|caption")),
        "panoptic": (_coco(annotations=[{"image_id": 0, "segments_info": []}]), untagged),
        "no-annotations": (_coco(annotations=[]), reads(IMAGES, 0, told="'annotations' is empty")),
        "lists-wrong": (_coco(images={"a": 1}), refuses("images")),
        "entries-wrong": (_coco(annotations=[1, 2]), refuses("annotation")),
        "no-images": ({"annotations": [], "categories": []}, refuses("images|image")),
    }  # fmt: skip
    for name, (value, expect) in shapes.items():
        yield one(f"coco-{name}", json.dumps(value), expect, "tags.json")


CASES = (*_json(), *_coco_cases())
