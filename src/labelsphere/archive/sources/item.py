"""Picture of an archive."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Item:
    """A picture to tag. Its bytes are read only when `read` is called.

    Attributes:
        name: Unique name in the results: a path, or a path, ``::`` and the name of a member or row.
        read: Function that returns its encoded bytes.
        size: Number of bytes, if known without reading, else −1.
        changed: Time of the file's last change, in nanoseconds; 0 if unknown.
        path: The picture's own file; None if it is inside another file.

    Raises:
        OSError: By ``read``, if it cannot be read.
    """

    name: str
    read: Callable[[], bytes]
    size: int = -1
    changed: int = 0
    path: Path | None = None


def stored(data: bytes) -> Callable[[], bytes]:
    """Make a ``read`` function of bytes in memory."""
    return lambda: data
