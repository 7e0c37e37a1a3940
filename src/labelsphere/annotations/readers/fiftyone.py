"""Reader of FiftyOne's image classification datasets: ``labels.json`` and a folder ``data``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from labelsphere.annotations.readers.json_text import load_json, shortened
from labelsphere.annotations.readers.marked_tags import MarkedTags
from labelsphere.annotations.readers.raw import RawTable, ReadOptions
from labelsphere.errors import DataError

LABELS_FILE = "labels.json"
PICTURES_FOLDER = "data"


def read_fiftyone(path: Path, options: ReadOptions) -> RawTable:
    """Read ``labels.json``, or a folder that holds it.

    Raises:
        DataError: If it has another format; the message names the image.
    """
    del options
    file = path / LABELS_FILE if path.is_dir() else path
    return fiftyone_table(load_json(file), file)


def is_fiftyone(document: Any) -> bool:
    """Return whether a JSON document has this format."""
    return isinstance(document, Mapping) and set(document) == {"classes", "labels"}


def is_fiftyone_folder(path: Path) -> bool:
    """Return whether a folder is such a dataset."""
    return (path / LABELS_FILE).is_file() and (path / PICTURES_FOLDER).is_dir()


def fiftyone_table(document: Any, path: Path) -> RawTable:
    """Extract the images and tags of a document.

    Raises:
        DataError: As `read_fiftyone`.
    """
    sections = document if isinstance(document, Mapping) else {}
    labels, classes = sections.get("labels"), sections.get("classes") or []
    if not isinstance(labels, Mapping) or not isinstance(classes, list):
        raise DataError(f"{path} has no 'labels' by image; expected FiftyOne's classes and labels")
    found = MarkedTags()
    for image, value in labels.items():
        values = value if isinstance(value, list) else [] if value is None else [value]
        try:
            tags = [_tag(one, classes) for one in values]
        except DataError as error:
            raise DataError(f"{path} {image!r}: {error}") from error
        if not image.strip():
            raise DataError(f"{path} names an image with nothing; expected its file name")
        found.add(image, tags, path=f"{PICTURES_FOLDER}/{image}")
    if not found.images:
        raise DataError(f"{path} has no images under 'labels'")
    return found.table()


def _tag(value: Any, classes: list[Any]) -> tuple[str, float | None]:
    if isinstance(value, Mapping):
        confidence = value.get("confidence")
        if confidence is not None and not isinstance(confidence, int | float):
            raise DataError(f"'confidence' must be a number, but is {shortened(confidence)}")
        name, _ = _tag(value.get("label"), classes)
        return name, None if confidence is None else float(confidence)
    if isinstance(value, int) and not isinstance(value, bool):
        if not (0 <= value < len(classes) and isinstance(classes[value], str)):
            raise DataError(f"label {value} is not a number of the {len(classes)} classes")
        return classes[value], None
    if isinstance(value, str):
        return value, None
    raise DataError(f"expected a label's name or number, but got {shortened(value)}")
