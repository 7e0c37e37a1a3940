"""Sources of pictures: files, folders, patterns, lists, Parquet tables and tar shards."""

import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from labelsphere.archive.sources.files import file_item, folder_items, listed, matching
from labelsphere.archive.sources.item import Item
from labelsphere.archive.sources.parquet import parquet_items
from labelsphere.archive.sources.tar import key_of, refusal_of, tar_items

__all__ = ["Item", "expand", "items_of", "key_of", "refusal_of"]

TAR_ENDINGS = (".tar", ".tar.gz", ".tgz")
PARQUET_ENDINGS = (".parquet", ".pq")


def expand(given: Sequence[str]) -> list[Path]:
    """Expand paths, patterns and a list on stdin (``-``) to paths.

    Raises:
        DataError: If a pattern matches nothing.
        UsageError: If the list is empty.
    """
    paths: list[Path] = []
    for name in given:
        if name == "-":
            paths += listed(sys.stdin)
        elif any(letter in name for letter in "*?[") and not Path(name).exists():
            paths += matching(name)
        else:
            paths.append(Path(name))
    return paths


def items_of(paths: Sequence[Path], on_skip: Callable[[str], None]) -> Iterator[Item]:
    """Yield the pictures of some paths, each once, in their order.

    Args:
        paths: Pictures, folders, Parquet tables and tar files.
        on_skip: Called with a sentence about each file that is skipped.

    Raises:
        DataError: If a table or tar file cannot be read.
    """
    before: set[str] = set()
    for path in paths:
        for item in _items(path, on_skip):
            if item.name not in before:
                before.add(item.name)
                yield item


def _items(path: Path, on_skip: Callable[[str], None]) -> Iterator[Item]:
    name = path.name.lower()
    if path.is_dir():
        return folder_items(path, on_skip)
    if name.endswith(PARQUET_ENDINGS):
        return parquet_items(path)
    if name.endswith(TAR_ENDINGS):
        return tar_items(path, on_skip)
    return iter([file_item(path)])
