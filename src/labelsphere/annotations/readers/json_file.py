"""Reader of JSON files: of annotation tools, arrays of objects, or objects by image."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labelsphere.annotations.readers.coco import coco_table, is_coco
from labelsphere.annotations.readers.columns import IMAGE_NAMES, SET_NAMES, SINGLE_NAMES, recognise
from labelsphere.annotations.readers.fiftyone import fiftyone_table, is_fiftyone
from labelsphere.annotations.readers.json_text import check_keys, parse_json, shortened
from labelsphere.annotations.readers.jsonl import entries_of, read_jsonl, table_of_records
from labelsphere.annotations.readers.label_studio import is_label_studio, label_studio_table
from labelsphere.annotations.readers.raw import RawTable, ReadOptions, in_file
from labelsphere.annotations.readers.untagged_tables import is_picture_name
from labelsphere.annotations.text import read_text
from labelsphere.errors import DataError

_EXPECTED = (
    "expected COCO's 'images', 'annotations' and 'categories', an array of objects such as "
    '[{"image": "a.jpg", "tags": ["sky"]}], or {"a.jpg": ["sky"]}'
)


def read_json(path: Path, options: ReadOptions) -> RawTable:
    """Read a JSON file in any of these formats, or one written by pandas, or JSON lines.

    Raises:
        DataError: If it is not JSON, or has another format.
    """
    text = read_text(path)
    if _is_lines(text):
        return read_jsonl(path, options)
    document = parse_json(text, str(path))
    check_keys(document, str(path))
    if is_coco(document):
        return coco_table(document, path)
    if is_fiftyone(document):
        return fiftyone_table(document, path)
    if is_label_studio(document):
        return label_studio_table(document, path)
    if isinstance(document, list):
        return table_of_records(list(entries_of(document)), options, path)
    if _is_by_tag(document):
        raise DataError(
            f"{path} has pictures as values and tags as keys; expected it the other way round: "
            '{"a.jpg": ["sky"]}'
        )
    try:
        records = _by_column(document) or _by_image(document)
    except DataError as error:
        raise in_file(path, error) from error
    if records is None:
        found = shortened(document)
        if isinstance(document, Mapping) and document:
            found = "keys " + ", ".join(shortened(key) for key in list(document)[:4])
        raise DataError(f"{path} has {found}; {_EXPECTED}")
    return table_of_records(records, options, path)


def _is_lines(text: str) -> bool:
    """Return whether the first line is a complete object, followed by another."""
    first, _, rest = text.strip().partition("\n")
    if not (first.startswith("{") and rest.lstrip().startswith("{")):
        return False
    try:
        parse_json(first, "line 1")
    except DataError:
        return False
    return True


def _is_by_tag(document: Any) -> bool:
    """Return whether an object lists the pictures of each tag."""
    if not isinstance(document, Mapping) or not document:
        return False
    if not all(isinstance(value, list) and value for value in document.values()):
        return False
    named = [name for value in document.values() for name in value]
    return all(isinstance(name, str) and is_picture_name(name) for name in named) and not any(
        is_picture_name(key) for key in document
    )


def _by_column(document: Any) -> list[tuple[str, Any]] | None:
    """Build objects from ``{"image": […], "tags": […]}`` and other outputs of pandas."""
    if not isinstance(document, Mapping):
        return None
    if {"columns", "data"} <= set(document):
        names, rows = document["columns"], document["data"]
        if not isinstance(names, list) or not isinstance(rows, list):
            return None
        if not all(isinstance(row, list) and len(row) == len(names) for row in rows):
            return None
        records = [dict(zip(map(str, names), row, strict=True)) for row in rows]
        return list(entries_of(records))
    keys = list(document)
    if recognise(keys, IMAGE_NAMES) is None or recognise(keys, SET_NAMES + SINGLE_NAMES) is None:
        return None
    values = list(document.values())
    if all(isinstance(value, Mapping) for value in values):
        # Columns with row numbers as keys.
        if any(list(value) != list(values[0]) for value in values):
            return None
        values = [list(value.values()) for value in values]
    if not all(isinstance(value, list) for value in values) or len(set(map(len, values))) != 1:
        return None
    if not values[0]:
        return None
    records = [dict(zip(keys, row, strict=True)) for row in zip(*values, strict=True)]
    return list(entries_of(records))


def _by_image(document: Any) -> list[tuple[str, Any]] | None:
    """Build objects from ``{image: [tags]}``, ``{image: "tags"}`` or ``{image: {"tags": …}}``."""
    if not isinstance(document, Mapping) or not document:
        return None
    values = list(document.values())
    if not any(values):
        return None
    if all(isinstance(v, list) and all(isinstance(t, str) for t in v) for v in values) or all(
        isinstance(v, str) for v in values
    ):
        return [(repr(key), {"image": key, "tags": value}) for key, value in document.items()]
    if all(isinstance(v, Mapping) for v in values):
        for key, value in document.items():
            check_keys(value, repr(key))
        keys = list(dict.fromkeys(key for value in values for key in value))
        # If the objects have a key for their image, their own keys are ignored.
        named = recognise(keys, IMAGE_NAMES) is not None
        return [
            (repr(key), dict(value) if named else {"image": key, **value})
            for key, value in document.items()
        ]
    return None
