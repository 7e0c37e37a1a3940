"""Reader of YOLO's detection datasets: a text file of objects per image, and class names."""

import os
from pathlib import Path
from typing import Any

import yaml

from labelsphere.annotations.listing import list_folder
from labelsphere.annotations.readers.marked_tags import MarkedTags
from labelsphere.annotations.readers.raw import RawTable, ReadOptions
from labelsphere.annotations.text import decode_text
from labelsphere.errors import DataError

_IMAGES, _LABELS = "images", "labels"
_SETTINGS = ("data.yaml", "dataset.yaml", "data.yml", "dataset.yml")
_SPLITS = {"train": "train", "val": "val", "valid": "val", "validation": "val", "test": "test"}


def is_yolo(folder: Path) -> bool:
    """Return whether a folder has the layout of YOLO's datasets."""
    if any((folder / name).is_file() for name in _SETTINGS):
        return True
    return (folder / _IMAGES).is_dir() and (folder / _LABELS).is_dir()


def read_yolo(folder: Path, options: ReadOptions) -> RawTable:
    """Read ``data.yaml``, and for each picture under ``images`` its file under ``labels``.

    An image's tags are the classes of its objects. Folders ``train``, ``val`` and ``test`` are the
    column ``split``.

    Raises:
        DataError: If the classes have no names, there are no pictures, or a line has another
            format.
    """
    del options
    names = _class_names(folder)
    pictures = [name for name in list_folder(folder).pictures if _IMAGES in name.split("/")[:-1]]
    if not pictures:
        raise DataError(f"{folder} has no pictures under a folder {_IMAGES!r}")
    found = MarkedTags()
    for picture in pictures:
        path = folder / _label_file(picture)
        tags = _tags(path, names) if path.is_file() else []
        found.add(picture, tags, split=_split_of(picture))
    return found.table()


def _label_file(picture: str) -> str:
    """Return the path of a picture's label file: the last folder ``images`` becomes ``labels``."""
    parts = picture.split("/")
    index = len(parts) - 2 - parts[-2::-1].index(_IMAGES)
    parts[index] = _LABELS
    return os.path.splitext("/".join(parts))[0] + ".txt"  # noqa: PTH122 - a name, no path


def _split_of(picture: str) -> str | None:
    return next((_SPLITS[part] for part in picture.split("/")[:-1] if part in _SPLITS), None)


def _tags(path: Path, names: dict[int, str]) -> list[tuple[str, float | None]]:
    found: list[tuple[str, float | None]] = []
    for number, line in enumerate(decode_text(path.read_bytes(), path).splitlines(), start=1):
        words = line.split()
        if not words:
            continue
        try:
            found.append((names[int(float(words[0]))], None))
        except (ValueError, OverflowError, KeyError):
            raise DataError(
                f"{path} line {number}: expected the number of one of {len(names)} classes and a "
                f"box, but got {line[:60]!r}"
            ) from None
    return found


def _class_names(folder: Path) -> dict[int, str]:
    file = next((folder / name for name in _SETTINGS if (folder / name).is_file()), None)
    if file is not None:
        return _names_in(_load_yaml(file), file)
    for path in (folder / "classes.txt", folder / _LABELS / "classes.txt"):
        if path.is_file():
            lines = decode_text(path.read_bytes(), path).splitlines()
            return {number: line.strip() for number, line in enumerate(lines) if line.strip()}
    raise DataError(
        f"{folder} does not name its classes; expected {_SETTINGS[0]} with 'names', or classes.txt"
    )


def _load_yaml(path: Path) -> Any:
    try:
        return yaml.safe_load(decode_text(path.read_bytes(), path))
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        what = " ".join(str(error).split())[:120]
        raise DataError(f"{path} cannot be read as YAML: {what}") from error


def _names_in(settings: Any, path: Path) -> dict[int, str]:
    names = settings.get("names") if isinstance(settings, dict) else None
    if isinstance(names, list):
        names = dict(enumerate(names))
    if not isinstance(names, dict) or not names:
        raise DataError(f"{path} has no 'names'; expected the classes, as a list or by number")
    try:
        return {int(number): str(name) for number, name in names.items()}
    except (ValueError, TypeError):
        raise DataError(f"{path}: 'names' must be given by number") from None
