r"""File names as text that can be printed and stored, even if they are not UTF-8.

In a name that is not UTF-8, Python replaces the bytes by surrogates (``surrogateescape``), which
neither UTF-8 files nor Arrow tables can store. Such a byte is written as ``\xe9`` instead.
"""

import re

_STAND_IN = re.compile("[\ud800-\udfff]")
_WRITTEN_BYTE = re.compile(r"\\x([89a-f][0-9a-f])")


def printable(name: str) -> str:
    r"""Escape every byte of a name that is not UTF-8 as ``\xe9``.

    Examples:
        >>> print(printable("caf\udce9.jpg"))
        caf\xe9.jpg
    """
    return _STAND_IN.sub(_written, name)


def on_disk(text: str) -> str:
    r"""Reverse `printable`: replace ``\xe9`` by the byte.

    Examples:
        >>> on_disk(r"caf\xe9.jpg") == "caf\udce9.jpg"
        True
    """
    return _WRITTEN_BYTE.sub(lambda found: chr(0xDC00 + int(found[1], 16)), text)


def _written(found: re.Match[str]) -> str:
    number = ord(found[0])
    return f"\\x{number - 0xDC00:02x}" if 0xDC80 <= number <= 0xDCFF else f"\\u{number:04x}"
