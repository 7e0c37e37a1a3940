"""The lines above a table's column names, and what parts its fields."""

import re
from typing import NamedTuple

from labelsphere.annotations.readers.columns import (
    IMAGE_NAMES,
    SET_NAMES,
    SINGLE_NAMES,
    plain_name,
)

_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\r?$', re.IGNORECASE)
_COLUMN_NAMES = {*IMAGE_NAMES, *SET_NAMES, *SINGLE_NAMES}
_DELIMITERS = ("\t", ",", ";", "|")


class Opening(NamedTuple):
    """Where a table of text begins.

    Attributes:
        start: Place of the column names' first letter in the text.
        lines: Lines before it.
        delimiter: What stands between fields.
        notes: What was passed over, a sentence each.
    """

    start: int
    lines: int
    delimiter: str
    notes: tuple[str, ...] = ()


def opening_of(text: str) -> Opening:
    r"""Find the column names below blank lines, comments and Excel's ``sep=`` line.

    A line that begins with ``#`` is a comment, but where it has the name of a known column and as
    many fields as the next line.

    Examples:
        >>> opening_of("sep=;\nimage;tags\n")
        Opening(start=6, lines=1, delimiter=';', notes=())
        >>> opening_of("# exported\nimage,tags\na.jpg,sky\n").lines
        1
    """
    start = lines = 0
    comments = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        line = text[start:end]
        separator = _SEPARATOR_LINE.match(line.strip("\n"))
        if separator is not None:
            return Opening(end, lines + 1, separator.group(1), _told(comments))
        following = text[end : text.find("\n", end) + 1 or len(text)]
        if line.startswith("#") and _is_comment(line, following):
            comments += 1
        elif line.strip():
            break
        start, lines = end, lines + 1
    header = text[start : text.find("\n", start) + 1 or len(text)]
    return Opening(start, lines, delimiter_of(header), _told(comments))


def delimiter_of(header: str) -> str:
    """What parts the fields of a header line: a tab, else a comma, a semicolon or a bar."""
    return next((mark for mark in _DELIMITERS if mark in header), ",")


def _is_comment(line: str, following: str) -> bool:
    """Whether a line that begins with ``#`` is not the column names themselves."""
    mark = delimiter_of(following)
    names = {plain_name(cell) for cell in line.split(mark)}
    known = not names.isdisjoint(_COLUMN_NAMES)
    return not (known and line.count(mark) == following.count(mark))


def _told(comments: int) -> tuple[str, ...]:
    if not comments:
        return ()
    lines = "line that begins" if comments == 1 else "lines that begin"
    return (f"{comments:,} {lines} with # above the column names passed over",)
