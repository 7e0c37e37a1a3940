"""Pictures that are files: named one by one, by patterns, by lists, or in folders."""

import glob
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

from labelsphere.annotations.file_names import printable
from labelsphere.annotations.listing import list_folder
from labelsphere.annotations.pictures import read_regular_file
from labelsphere.archive.sources.item import Item
from labelsphere.errors import DataError, UsageError


def file_item(path: Path) -> Item:
    """A file as an item; a missing file is reported when it is read."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        size, changed = -1, 0
    else:
        size, changed = status.st_size, status.st_mtime_ns
    return Item(printable(str(path)), partial(read_regular_file, path), size, changed, path)


def folder_items(folder: Path, tell: Callable[[str], None]) -> Iterator[Item]:
    """All pictures in a folder and its subfolders; skipped files are reported."""
    listing = list_folder(folder)
    for remark in listing.passed_over(texts=False):
        tell(f"{printable(str(folder))}: {remark}")
    for name in listing.pictures:
        yield file_item(folder / name)


def matching(pattern: str) -> list[Path]:
    """The files and folders that a pattern such as ``photos/**/*.jpg`` fits, in order.

    Raises:
        DataError: If it fits none.
    """
    found = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - a pattern as given
    if not found:
        raise DataError(f"no file fits {pattern!r}; expected a path or a pattern such as '*.jpg'")
    return [Path(name) for name in found]


def listed(lines: Iterable[str]) -> list[Path]:
    r"""Paths from a list, one a line or parted by ``\0``.

    Raises:
        UsageError: If the list is empty.
    """
    text = "".join(lines)
    names = text.split("\0") if "\0" in text else text.splitlines()
    paths = [Path(name) for name in names if name.strip()]
    if not paths:
        raise UsageError("the list of pictures on standard input is empty; expected a path a line")
    return paths
