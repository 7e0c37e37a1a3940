r"""Forms of paths in other systems and programs: ``photos\a.jpg``, ``my%20photo.jpg``."""

import re
from collections.abc import Sequence
from urllib.parse import unquote

from labelsphere.annotations.file_names import on_disk

_DRIVE = re.compile(r"[A-Za-z]:[/\\]?")
_FILE_URL = re.compile(r"(?i)file:/+(localhost/+)?")


def rewritten(path: str) -> str:
    r"""Convert a path to the form of this system.

    Decodes ``file:///`` and ``%20`` as in URLs, ``\`` as ``/``, ``\xe9`` as that byte of a name
    that is not UTF-8, and removes ``./`` at the start.

    Examples:
        >>> rewritten(r"photos\a.jpg"), rewritten("my%20photo.jpg"), rewritten("file:///x/b.jpg")
        ('photos/a.jpg', 'my photo.jpg', '/x/b.jpg')
    """
    text = path
    if (url := _FILE_URL.match(text)) is not None:
        rest = text[url.end() :]
        text = rest if _DRIVE.match(rest) else "/" + rest
    if "%" in text:
        text = unquote(text, errors="surrogateescape")
    text = on_disk(text).replace("\\", "/")
    while text.startswith("./"):
        text = text[2:].lstrip("/")
    return text


def is_absolute(path: str) -> bool:
    """Return whether a path begins at a root or a drive, of this system or of Windows."""
    return path.startswith(("/", "\\")) or _DRIVE.match(path) is not None


def shared_folder(paths: Sequence[str]) -> str:
    """Return the common folder of all absolute paths, without a final slash.

    Examples:
        >>> shared_folder(["C:/photos/cats/1.jpg", "C:/photos/dogs/1.jpg", "b.jpg"])
        'C:/photos'
    """
    folders = [path.split("/")[:-1] for path in paths if is_absolute(path)]
    if not folders:
        return ""
    first, last = min(folders), max(folders)
    same = next((n for n, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), None)
    return "/".join(first[: min(len(first), len(last)) if same is None else same])
