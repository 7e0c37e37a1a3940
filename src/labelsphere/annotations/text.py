"""Reading of text files in UTF-8, or in UTF-16 and UTF-32 with a byte order mark."""

import codecs
import re
from pathlib import Path

from labelsphere.annotations.file_kinds import check_kind
from labelsphere.errors import DataError

# UTF-32 first, because its little-endian mark begins with that of UTF-16.
_WIDE_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}


def read_text(path: Path) -> str:
    """Read a file in UTF-8, or in UTF-16 or UTF-32 with a byte order mark.

    Raises:
        DataError: If the file is empty or in another encoding; the message names the line.
    """
    text = decode_text(path.read_bytes(), path)
    if not text.strip():
        raise DataError(f"{path} is empty; expected a table of images and tags")
    return text


def decode_text(data: bytes, path: Path, first_line: int = 1) -> str:
    r"""Decode UTF-8 and remove a byte order mark; line ends become ``\n`` or ``\r\n``.

    Also decodes UTF-16 and UTF-32 with a byte order mark, as Windows programs write them.

    Args:
        data: A file, or some lines of it.
        path: The file, for messages.
        first_line: Number of the first line.

    Raises:
        DataError: If the bytes are in another encoding, or not a text; the message names the line.
    """
    if first_line > 1:
        return _with_line_ends(_utf_8(data, path, first_line))
    check_kind(data, path, "a text file")
    wide = _wide_encoding(data)
    if wide is not None:
        try:
            return _with_line_ends(data.decode(wide).lstrip("\ufeff"))
        except UnicodeDecodeError as error:
            raise DataError(
                f"{path} is in {wide}, but damaged or truncated at byte {error.start:,}: "
                "download it again, or save it as UTF-8"
            ) from error
    if _every_second_is_nul(data):
        raise DataError(
            f"{path} is in UTF-16 without a byte order mark; expected UTF-8: save it as UTF-8, or "
            "convert it with iconv -f UTF-16LE -t UTF-8"
        )
    return _with_line_ends(_utf_8(data, path, first_line).lstrip("\ufeff"))


def is_wide(path: Path) -> bool:
    """Return whether a file begins with the byte order mark of UTF-16 or UTF-32."""
    with path.open("rb") as file:
        return _wide_encoding(file.read(4)) is not None


def _wide_encoding(data: bytes) -> str | None:
    return next((name for mark, name in _WIDE_MARKS.items() if data.startswith(mark)), None)


def _utf_8(data: bytes, path: Path, first_line: int) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + first_line
        byte = data[error.start : error.start + 1]
        letter = byte.decode("cp1252", errors="ignore")
        meant = f" (in Windows-1252 it is {letter!r})" if letter.isprintable() and letter else ""
        raise DataError(
            f"{path} line {line}: byte 0x{byte[0]:02x} is not UTF-8{meant}: save it as UTF-8"
        ) from error


def _with_line_ends(text: str) -> str:
    r"""Replace single carriage returns, the line ends of old Macs, by ``\n``."""
    returns = text.count("\r")
    if returns == text.count("\r\n"):
        return text
    return re.sub(r"\r(?!\n)", "\n", re.sub(r"\r{2,}\n", "\r\n", text))


def _every_second_is_nul(data: bytes) -> bool:
    """Return whether the beginning looks like UTF-16 without a mark: Latin letters and NULs."""
    start = data[:64]
    return len(start) > 1 and (set(start[::2]) == {0}) != (set(start[1::2]) == {0})


def first_line(path: Path) -> str:
    """Read the first line as far as possible, to recognise the format."""
    with path.open("rb") as file:
        data = file.read(1 << 16)
    text = data.decode(_wide_encoding(data) or "utf-8", errors="replace").lstrip("\ufeff")
    return re.split(r"[\r\n]", text, maxsplit=1)[0]
