"""One picture of an archive, wherever its bytes are."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Item:
    """A picture that is to be tagged. Nothing is read before `read` is called.

    Attributes:
        name: What it is called in the results, unlike those of all others: a path, or a path,
            ``::`` and the name of a member or row.
        read: Its encoded bytes.
        size: Bytes, if that is known without reading; else −1.
        changed: When its file was last changed, in nanoseconds; 0 if unknown.
        path: The picture's own file; None if it is within another file.

    Raises:
        OSError: By ``read``, if it cannot be read.
    """

    name: str
    read: Callable[[], bytes]
    size: int = -1
    changed: int = 0
    path: Path | None = None


def stored(data: bytes) -> Callable[[], bytes]:
    """Return a function that returns bytes that are in memory already."""
    return lambda: data
