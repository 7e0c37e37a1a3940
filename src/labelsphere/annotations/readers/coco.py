"""COCO and LVIS: objects with a category each, in images."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from labelsphere.annotations.readers.json_text import load_json, shortened
from labelsphere.annotations.readers.raw import RawTable, ReadOptions
from labelsphere.annotations.report import number_of
from labelsphere.errors import DataError

_SECTIONS = ("images", "annotations", "categories")
_MOST_NAMED = 3


def read_coco(path: Path, options: ReadOptions) -> RawTable:
    """Read a COCO or LVIS file: an image's tags are the categories of its objects.

    Several objects of one category are one tag, not a repeated one. Image ids are COCO's;
    ``file_name`` is a further column. LVIS' ``neg_category_ids`` are known
    absences. Annotations of images or categories that are not listed are left out and counted.

    Raises:
        DataError: If the file is not such JSON; the message names the entry.
    """
    del options  # COCO has fixed names.
    return coco_table(load_json(path), path)


def is_coco(document: Any) -> bool:
    """Return whether a JSON document has COCO's sections."""
    return isinstance(document, Mapping) and "images" in document and "annotations" in document


def coco_table(document: Any, path: Path) -> RawTable:
    """Extract the images and tags of a COCO document.

    Raises:
        DataError: As `read_coco`.
    """
    sections = document if isinstance(document, Mapping) else {}
    for name in _SECTIONS:
        if not isinstance(sections.get(name), list):
            raise DataError(f"{path} {_without(name, sections)}")
    try:
        return _table(sections)
    except DataError as error:
        raise DataError(f"{path} {error}") from error


def _without(name: str, sections: Mapping[str, Any]) -> str:
    annotations = sections.get("annotations")
    if name == "categories" and isinstance(annotations, list) and annotations:
        first = annotations[0]
        if isinstance(first, Mapping) and "caption" in first:
            return "holds captions, no categories; expected COCO's file of instances"
    what = "has no" if name not in sections else "has no list under"
    return f"{what} {name!r}; expected COCO's 'images', 'annotations' and 'categories'"


class _Images(NamedTuple):
    rows: dict[str, int]
    files: list[str | None]
    negatives: list[tuple[int, str]]


def _table(sections: Mapping[str, Any]) -> RawTable:
    images = _images(sections["images"])
    if not images.rows:
        raise DataError("has no images")
    names = _categories(sections["categories"])
    lost: dict[str, list[str]] = {"image": [], "category": []}
    # A dictionary keeps distinct tags in their order.
    found: dict[tuple[int, str], float] = {}
    for location, image, category in _objects(sections["annotations"]):
        if image not in images.rows:
            lost["image"].append(location)
        elif category not in names:
            lost["category"].append(location)
        else:
            found[images.rows[image], names[category]] = 1.0
    for row, category in images.negatives:
        if category in names:
            found.setdefault((row, names[category]), 0.0)
    tags = pl.DataFrame(
        {
            "row": pl.Series([row for row, _ in found], dtype=pl.Int64),
            "tag": pl.Series([tag for _, tag in found], dtype=pl.String).str.strip_chars(),
        }
    )
    if images.negatives:
        tags = tags.with_columns(confidence=pl.Series(list(found.values()), dtype=pl.Float64))
    paths = pl.Series("file_name", images.files, dtype=pl.String)
    named = paths.null_count() < len(paths)
    return RawTable(
        image_ids=pl.Series(list(images.rows), dtype=pl.String),
        tags=tags.filter(pl.col("tag").str.len_bytes() > 0),
        rows=len(images.rows),
        columns=paths.to_frame() if named else pl.DataFrame(),
        paths=paths if named else None,
        notes=(
            *(() if sections["annotations"] else ("'annotations' is empty: no image has a tag",)),
            *_score_note(sections["annotations"]),
            *(_left_out_note(kind, locations) for kind, locations in lost.items() if locations),
        ),
    )


def _score_note(entries: list[Any]) -> list[str]:
    """Describe scores, which predictions have and annotations do not."""
    scored = sum("score" in entry for entry in entries)
    if not scored:
        return []
    have = "has" if scored == 1 else "have"
    return [
        f"{number_of(scored, 'annotation')} {have} a 'score', as predictions have; it is not read"
    ]


def _left_out_note(kind: str, locations: list[str]) -> str:
    shown = ", ".join(locations[:_MOST_NAMED]) + ("…" if len(locations) > _MOST_NAMED else "")
    section = "images" if kind == "image" else "categories"
    return (
        f"{number_of(len(locations), 'annotation')} left out, of {section} that are not listed "
        f"under {section!r}: {shown}"
    )


def _images(entries: list[Any]) -> _Images:
    images = _Images({}, [], [])
    for number, entry in enumerate(entries):
        location = f"images[{number}]"
        key = _id(entry, "id", location)
        if key in images.rows:
            raise DataError(f"{location}: image id {key} is given twice; expected each id once")
        row = images.rows[key] = len(images.rows)
        images.files.append(_file_of(entry, location))
        negatives = entry.get("neg_category_ids") or []
        if not isinstance(negatives, list):
            raise DataError(f"{location}: 'neg_category_ids' must be a list of ids")
        images.negatives.extend((row, _plain_id(n, location)) for n in negatives)
    return images


def _file_of(entry: Mapping[str, Any], location: str) -> str | None:
    """Return the picture's path: the file's name, or the end of LVIS' URL."""
    name = entry.get("file_name")
    if name is None and isinstance(entry.get("coco_url"), str):
        return "/".join(entry["coco_url"].split("/")[-2:])
    if name is not None and not isinstance(name, str):
        raise DataError(f"{location}: 'file_name' must be text, but is {shortened(name)}")
    return name


def _categories(entries: list[Any]) -> dict[str, str]:
    names: dict[str, str] = {}
    for number, entry in enumerate(entries):
        location = f"categories[{number}]"
        key = _id(entry, "id", location)
        name = entry.get("name")
        if not isinstance(name, str):
            raise DataError(f"{location}: 'name' must be text, but is {shortened(name)}")
        if names.setdefault(key, name) != name:
            raise DataError(
                f"{location}: category id {key} is given twice, as {names[key]!r} and as {name!r}; "
                "expected each id once"
            )
    return names


def _objects(entries: list[Any]) -> list[tuple[str, str, str]]:
    """Return location, image and category of each object; a panoptic entry has several."""
    found = []
    for number, entry in enumerate(entries):
        location = f"annotations[{number}]"
        image = _id(entry, "image_id", location)
        segments = entry.get("segments_info")
        if isinstance(segments, list):
            for inner, segment in enumerate(segments):
                within = f"{location}.segments_info[{inner}]"
                found.append((within, image, _id(segment, "category_id", within)))
        else:
            found.append((location, image, _id(entry, "category_id", location)))
    return found


def _id(entry: Any, key: str, location: str) -> str:
    if not isinstance(entry, Mapping):
        raise DataError(f"{location}: expected an object with {key!r}, but got {shortened(entry)}")
    if key not in entry:
        raise DataError(f"{location} has no {key!r}; expected a number or text")
    try:
        return _plain_id(entry[key], location)
    except DataError as error:
        raise DataError(
            f"{location}: {key!r} must be a number or text, but is {shortened(entry[key])}"
        ) from error


def _plain_id(value: Any, location: str) -> str:
    """Convert an id to text; 1.0 is 1."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, str) and value.strip():
        return value.strip()
    raise DataError(f"{location}: an id must be a number or text, but is {shortened(value)}")
