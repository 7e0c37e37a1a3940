"""A folder of images, each with a text file of its tags beside it: ``a.jpg`` and ``a.txt``."""

import os
from pathlib import Path

import polars as pl

from labelsphere.annotations.readers.cells import tags_in_text
from labelsphere.annotations.readers.raw import RawTable, ReadOptions
from labelsphere.annotations.report import number_of
from labelsphere.annotations.text import decode
from labelsphere.errors import DataError

IMAGE_SUFFIXES = frozenset(
    {".avif", ".bmp", ".gif", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"}
)


def read_folder(folder: Path, options: ReadOptions) -> RawTable:
    """Read a folder and those in it. An image's id is its path in the folder.

    The tags in a sidecar are parted by commas, or the separator given, and by line ends. An
    image without a sidecar has no tags. Files whose names begin with a dot are left alone.

    Raises:
        DataError: If there are no images, or a sidecar is not in UTF-8.
    """
    files = _files(folder)
    images = [name for name in files if _suffix(name) in IMAGE_SUFFIXES]
    if not images:
        endings = ", ".join(sorted(IMAGE_SUFFIXES))
        raise DataError(f"{folder} holds no images; expected files ending in {endings}")
    sidecars = {name for name in files if _suffix(name) == ".txt"}
    separator = options.separator or ","
    texts = []
    for name in images:
        beside = _stem(name) + ".txt"
        text = decode((folder / beside).read_bytes(), folder / beside) if beside in sidecars else ""
        texts.append(separator.join(text.splitlines()))
    tags, notes = tags_in_text(pl.Series("tags", texts), separator, None)
    alone = sidecars - {_stem(name) + ".txt" for name in images}
    if alone:
        notes.append(
            f"{number_of(len(alone), 'text file')} without an image beside: {min(alone)}"
            + ("…" if len(alone) > 1 else "")
        )
    names = pl.Series(images)
    return RawTable(image_ids=names, tags=tags, rows=len(images), paths=names, notes=tuple(notes))


def image_files(folder: Path) -> list[Path]:
    """The images in a folder and those in it, in alphabetical order; told by their endings."""
    return [folder / name for name in _files(folder) if _suffix(name) in IMAGE_SUFFIXES]


def _files(folder: Path) -> list[str]:
    """Paths of all files, relative to the folder, with ``/``, in alphabetical order."""
    found: list[str] = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        inner = Path(place).relative_to(folder)
        found += [(inner / name).as_posix() for name in files if not name.startswith(".")]
    return sorted(found)


def _suffix(name: str) -> str:
    return os.path.splitext(name)[1].lower()  # noqa: PTH122 - a name, no path


def _stem(name: str) -> str:
    return os.path.splitext(name)[0]  # noqa: PTH122 - a name, no path
