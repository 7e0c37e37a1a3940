"""The pictures of a folder, found by a name that is not quite theirs."""

import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from labelsphere.annotations.listing import ending_of, list_folder, stem_of
from labelsphere.annotations.picture_formats import picture_endings


class FolderIndex:
    """Names of pictures, whatever their case, Unicode form, ending or the folder they are in.

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
        """Pictures of this path in another case, Unicode form or with an ending."""
        return self._alike.get(_key(name), [])

    def below(self, name: str) -> list[str]:
        """Pictures whose path ends in this one, such as ``train/a.jpg`` for ``a.jpg``."""
        key = "/" + _key(name)
        candidates = self._last.get(key.rpartition("/")[2], [])
        return [
            found
            for found in candidates
            if ("/" + _key(found)).endswith(key) or ("/" + _key(stem_of(found))).endswith(key)
        ]


def index_whole(folder: Path) -> FolderIndex:
    """Index a folder and all in it."""
    return FolderIndex(list_folder(folder).pictures)


def index_some(folder: Path, inner: Iterable[str]) -> FolderIndex:
    """Index a folder, and some that lie in it, without what is deeper.

    Args:
        folder: The folder.
        inner: Paths in it of the folders that are looked into.
    """
    names = []
    for place in inner:
        before = f"{place}/" if place else ""
        try:
            inside = os.listdir(folder / place)  # noqa: PTH208 - names, no paths
        except (OSError, ValueError):
            continue
        names += [before + name for name in inside if ending_of(name) in picture_endings()]
    return FolderIndex(names)


def _key(name: str) -> str:
    """What the spellings of a path have in common."""
    return unicodedata.normalize("NFC", name).casefold()
