"""Interface of writers of annotations, and functions that several of them share."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal, NamedTuple

import numpy as np
import polars as pl

from labelsphere.annotations.pictures import PictureFiles, Pictures
from labelsphere.annotations.readers.columns import PATH_NAMES, recognise
from labelsphere.annotations.report import number_of
from labelsphere.annotations.table_data import TableData
from labelsphere.errors import DataError

Keepable = Literal["confidences", "absences"]


@dataclass(frozen=True)
class WriteOptions:
    """Options for writing annotations.

    Attributes:
        pictures: Whether to copy the pictures into the output folder.
    """

    pictures: bool = False


class Writer(NamedTuple):
    """Entry of a format in the registry.

    Attributes:
        write: Function that writes annotations to a new path, and returns sentences about contents
            that could not be kept.
        description: One line about the output.
        ending: Ending of the output file; empty for a folder.
        keeps: Contents that the format can hold besides tags.
    """

    write: Callable[[TableData, Path, WriteOptions], list[str]]
    description: str
    ending: str = ""
    keeps: tuple[Keepable, ...] = ()


def tags_with_confidences(annotations: TableData, row: int) -> list[tuple[str, float | None]]:
    """Return the tags of one image and their confidences, None for 1, in order."""
    start, stop = annotations.matrix.indptr[row : row + 2]
    values = annotations.matrix.data[start:stop]
    return [
        (annotations.vocabulary[number], None if value == 1 else shortest(value))
        for number, value in zip(annotations.matrix.indices[start:stop], values, strict=True)
    ]


def shortest(value: float) -> float:
    """Convert a float32 to its shortest decimal: 0.3, not 0.30000001."""
    return float(str(np.float32(value)))


def picture_names(annotations: TableData) -> list[str]:
    """Return a distinct relative path for the picture of each image.

    It is the path in the table, else the image's id, without steps out of the folder.

    Raises:
        DataError: If two images have the same name.
    """
    names = [_inside(name) for name in _written_names(annotations)]
    seen: dict[str, int] = {}
    for row, name in enumerate(names):
        if not name:
            raise DataError(f"image {annotations.image_ids[row]!r} gives no name to a file")
        before = seen.setdefault(name, row)
        if before != row:
            raise DataError(
                f"images {annotations.image_ids[before]!r} and {annotations.image_ids[row]!r} are "
                f"both called {name!r}; expected a name for each"
            )
    return names


def _written_names(annotations: TableData) -> list[str]:
    columns = annotations.columns
    texts = [c.name for c in columns.iter_columns() if c.dtype == pl.String and not c.null_count()]
    name = recognise(texts, PATH_NAMES)
    if name is not None:
        return columns[name].to_list()
    return list(annotations.image_ids)


def _inside(name: str) -> str:
    """Remove the root and steps up from a path."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return "/".join(part for part in parts if part not in ("/", "..", ".") and ":" not in part)


def copy_pictures(pictures: Pictures, names: list[str], folder: Path) -> list[str]:
    """Copy pictures into a folder under their names.

    Returns:
        A sentence about pictures that could not be copied.
    """
    lost = 0
    for row, name in enumerate(names):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            if isinstance(pictures, PictureFiles):
                shutil.copyfile(pictures.name(row), target)
            else:
                target.write_bytes(pictures.read(row))
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError, ValueError):
            lost += 1
    return [f"{number_of(lost, 'picture')} missing, and not copied"] if lost else []


def lost_notes(annotations: TableData, keeps: tuple[Keepable, ...]) -> list[str]:
    """Describe contents of the annotations that a format cannot hold."""
    notes = []
    unsure = int((annotations.matrix.data < 1).sum())
    if unsure and "confidences" not in keeps:
        notes.append(f"{number_of(unsure, 'confidence')} below 1 not written: the tags are")
    absent = 0 if annotations.absent is None else int(annotations.absent.nnz)
    if absent and "absences" not in keeps:
        notes.append(
            f"{number_of(absent, 'known absence')} not written, because the format cannot hold them"
        )
    return notes
