"""Text files as they come: with or without a byte order mark, and not always in UTF-8."""

import codecs
from pathlib import Path

from labelsphere.annotations.file_kinds import check_kind
from labelsphere.errors import DataError

_OTHER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_text(path: Path) -> str:
    """The text of a UTF-8 file, without its byte order mark.

    Raises:
        DataError: If the file is empty or in another encoding; the message names the line.
    """
    text = decode(path.read_bytes(), path)
    if not text.strip():
        raise DataError(f"{path} is empty; expected a table of images and tags")
    return text


def decode(data: bytes, path: Path, first_line: int = 1) -> str:
    r"""Decode UTF-8, dropping a byte order mark; line ends are ``\n`` or ``\r\n`` afterwards.

    Args:
        data: A file, or some lines of it.
        path: The file, for messages.
        first_line: Number of the first line.

    Raises:
        DataError: If the bytes are in another encoding, or no text; the message names the line.
    """
    if first_line == 1:
        check_kind(data, path, "a text file")
    if first_line == 1 and (data.startswith(_OTHER_MARKS) or _every_second_is_nul(data)):
        raise DataError(f"{path} is in UTF-16; expected UTF-8: save it as UTF-8")
    try:
        text = data.decode("utf-8-sig" if first_line == 1 else "utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + first_line
        raise DataError(
            f"{path} line {line}: byte 0x{data[error.start]:02x} is not UTF-8: save it as UTF-8"
        ) from error
    # Old Macs and some exports end lines with a carriage return alone.
    return text if "\n" in text or "\r" not in text else text.replace("\r", "\n")


def _every_second_is_nul(data: bytes) -> bool:
    """Whether the beginning looks like UTF-16 without a mark: Latin letters with a NUL each."""
    start = data[:64]
    return len(start) > 1 and (set(start[::2]) == {0}) != (set(start[1::2]) == {0})


def first_line(path: Path) -> str:
    """The first line, as far as it can be read: enough to distinguish formats."""
    with path.open("rb") as file:
        text = file.readline(1 << 16).decode("utf-8-sig", errors="replace")
    return text.rstrip("\r\n").partition("\r")[0]
