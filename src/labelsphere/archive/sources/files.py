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
    """Make an item of a file; a missing file is reported when it is read."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        size, changed = -1, 0
    else:
        size, changed = status.st_size, status.st_mtime_ns
    return Item(printable(str(path)), partial(read_regular_file, path), size, changed, path)


def folder_items(folder: Path, on_skip: Callable[[str], None]) -> Iterator[Item]:
    """Yield all pictures in a folder and its subfolders, and report skipped files."""
    listing = list_folder(folder)
    for remark in listing.skipped(texts=False):
        on_skip(f"{printable(str(folder))}: {remark}")
    for name in listing.pictures:
        yield file_item(folder / name)


def matching(pattern: str) -> list[Path]:
    """Return the sorted files and folders that match a pattern such as ``photos/**/*.jpg``.

    Raises:
        DataError: If nothing matches.
    """
    found = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - a pattern as given
    if not found:
        raise DataError(
            f"no file matches {pattern!r}; expected a path or a pattern such as '*.jpg'"
        )
    return [Path(name) for name in found]


def listed(lines: Iterable[str]) -> list[Path]:
    r"""Read paths from a list, one per line or separated by ``\0``.

    Raises:
        UsageError: If the list is empty.
    """
    text = "".join(lines)
    names = text.split("\0") if "\0" in text else text.splitlines()
    paths = [Path(name) for name in names if name.strip()]
    if not paths:
        raise UsageError(
            "the list of pictures on standard input is empty; expected one path per line"
        )
    return paths
