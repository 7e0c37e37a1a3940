"""Index of the pictures in a folder, for lookups by similar names."""

import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from labelsphere.annotations.listing import file_ending, list_folder, stem_of
from labelsphere.annotations.picture_formats import picture_endings


class FolderIndex:
    """Lookup of pictures that ignores case, Unicode form, ending or folder.

    Args:
        names: Paths in the folder, with ``/``.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(names)
        self._alike: dict[str, list[str]] = defaultdict(list)
        self._last: dict[str, list[str]] = defaultdict(list)
        for name in sorted(self.names):
            for form in {_key(name), _key(stem_of(name))}:
                self._alike[form].append(name)
                self._last[form.rpartition("/")[2]].append(name)

    def same(self, name: str) -> list[str]:
        """Return pictures with this path in another case, Unicode form or with an ending."""
        return self._alike.get(_key(name), [])

    def below(self, name: str) -> list[str]:
        """Return pictures whose path ends with this one, such as ``train/a.jpg`` for ``a.jpg``."""
        key = "/" + _key(name)
        candidates = self._last.get(key.rpartition("/")[2], [])
        return [
            found
            for found in candidates
            if ("/" + _key(found)).endswith(key) or ("/" + _key(stem_of(found))).endswith(key)
        ]


def index_folder(folder: Path) -> FolderIndex:
    """Index a folder and its subfolders."""
    return FolderIndex(list_folder(folder).pictures)


def index_subfolders(folder: Path, inner: Iterable[str]) -> FolderIndex:
    """Index a folder and some of its subfolders, without their subfolders.

    Args:
        folder: The folder.
        inner: Paths of the subfolders, in any case and Unicode form.
    """
    names = []
    for path in dict.fromkeys(["", *(_there(folder, path) for path in inner)]):
        before = f"{path}/" if path else ""
        names += [
            before + name
            for name in _listed(folder / path)
            if file_ending(name) in picture_endings()
        ]
    return FolderIndex(names)


def _there(folder: Path, path: str) -> str:
    """Return the path of a folder as spelled on disk, or an empty text if there is none."""
    found = ""
    for step in path.strip("/").split("/") if path and not path.startswith("/") else ():
        inside = _listed(folder / found)
        alike = [name for name in inside if name == step] or [
            name for name in inside if _key(name) == _key(step)
        ]
        if not alike:
            return ""
        found = f"{found}/{alike[0]}" if found else alike[0]
    return found


def _listed(path: Path) -> list[str]:
    try:
        return os.listdir(path)  # noqa: PTH208 - names, no paths
    except (OSError, ValueError):
        return []


def _key(name: str) -> str:
    """Return the key shared by all spellings of a path."""
    return unicodedata.normalize("NFC", name).casefold()
