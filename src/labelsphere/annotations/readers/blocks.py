"""Reading of large text files in blocks of whole records."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from labelsphere.errors import DataError

_MOST_BLOCKS_PENDING = 16


class Block(NamedTuple):
    """Whole records of a file.

    Attributes:
        data: The bytes, with line ends.
        first_line: Number of their first line in the file, from 1.
        end: Number of bytes of the file that have been read.
    """

    data: bytes
    first_line: int
    end: int


def record_blocks(path: Path, size: int, *, quoted: bool) -> Iterator[Block]:
    """Split a file into blocks of about ``size`` bytes that end where a record ends.

    Args:
        path: A file of lines.
        size: Number of bytes to read at a time.
        quoted: Whether a line end between double quotes is part of a cell.

    Raises:
        DataError: If a quoted cell does not end within sixteen blocks.
    """
    pending, line, end = b"", 1, 0
    with path.open("rb") as file:
        while data := file.read(size):
            end += len(data)
            pending += data
            cut = _record_end(pending, quoted=quoted)
            if cut:
                yield Block(pending[:cut], line, end)
                line += pending.count(b"\n", 0, cut)
                pending = pending[cut:]
            elif quoted and len(pending) > _MOST_BLOCKS_PENDING * size and b"\n" in pending:
                raise DataError(
                    f"{path} line {line}: a quoted cell from here on does not end; "
                    "a quoted cell must end with its quote"
                )
    if pending:
        yield Block(pending, line, end)


def _record_end(data: bytes, *, quoted: bool) -> int:
    """Find the offset after the last line end outside quotes; 0 if there is none."""
    offset = data.rfind(b"\n")
    if not quoted or offset < 0:
        return offset + 1
    # A doubled quote within a cell keeps the count even.
    inside = data.count(b'"', 0, offset) % 2
    while offset >= 0 and inside:
        earlier = data.rfind(b"\n", 0, offset)
        inside = (inside - data.count(b'"', max(earlier, 0), offset)) % 2
        offset = earlier
    return offset + 1
