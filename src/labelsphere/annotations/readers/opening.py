"""Detection of a table's header and delimiter."""

import re
from typing import NamedTuple

from labelsphere.annotations.readers.columns import (
    IMAGE_NAMES,
    SET_NAMES,
    SINGLE_NAMES,
    plain_name,
)

_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\r?$', re.IGNORECASE)
_NAMES_OF_IMAGES, _NAMES_OF_TAGS = {*IMAGE_NAMES}, {*SET_NAMES, *SINGLE_NAMES}
_COLUMN_NAMES = _NAMES_OF_IMAGES | _NAMES_OF_TAGS
_DELIMITERS = ("\t", ",", ";", "|")
_MOST_TITLES = 10


class Opening(NamedTuple):
    """Beginning of a table of text.

    Attributes:
        start: Offset of the header in the text.
        lines: Number of lines before it.
        delimiter: Delimiter of fields.
        notes: Sentences about skipped lines.
    """

    start: int
    lines: int
    delimiter: str
    notes: tuple[str, ...] = ()


def opening_of(text: str) -> Opening:
    r"""Find the column names below blank lines, comments and Excel's ``sep=`` line.

    A line that begins with ``#`` is a comment, unless it has the name of a known column and as many
    fields as the next line. Lines of one cell, such as a title, are skipped if a line soon after
    has columns of images and tags.

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
            return _below(text, end, lines + 1, separator.group(1), comments)
        following = text[end : text.find("\n", end) + 1 or len(text)]
        if line.startswith("#") and _is_comment(line, following):
            comments += 1
        elif line.strip():
            break
        start, lines = end, lines + 1
    titles = _titles(text, start)
    for _ in range(titles):
        start, lines = text.find("\n", start) + 1, lines + 1
    notes = _comments_note(comments)
    if titles:
        what = "line" if titles == 1 else "lines"
        notes += (f"{titles:,} {what} above the column names skipped",)
    return Opening(start, lines, delimiter_of(_line(text, start)), notes)


def _line(text: str, start: int) -> str:
    """Return the line at an offset, with its line end."""
    return text[start : text.find("\n", start) + 1 or len(text)]


def _below(text: str, start: int, lines: int, mark: str, comments: int) -> Opening:
    """Find the table below a ``sep=`` line, with the delimiter of its header."""
    header = _line(text, start)
    other = delimiter_of(header)
    if mark in header or other not in header:
        return Opening(start, lines, mark, _comments_note(comments))
    note = f"the line sep={mark} is ignored, because the column names are separated by {other!r}"
    return Opening(start, lines, other, (*_comments_note(comments), note))


def _titles(text: str, start: int) -> int:
    """Count the lines of one cell above the header; 0 if there is no header."""
    for number in range(_MOST_TITLES):
        line = _line(text, start)
        mark = delimiter_of(line)
        cells = [cell.strip().strip('"') for cell in line.split(mark)]
        names = {plain_name(cell) for cell in cells}
        if not names.isdisjoint(_NAMES_OF_IMAGES) and not names.isdisjoint(_NAMES_OF_TAGS):
            return number
        if sum(bool(cell) for cell in cells) > 1 or not line.endswith("\n"):
            return 0
        start += len(line)
    return 0


def delimiter_of(header: str) -> str:
    """Find the delimiter of a header line: a tab, else a comma, a semicolon or a bar."""
    return next((mark for mark in _DELIMITERS if mark in header), ",")


def _is_comment(line: str, following: str) -> bool:
    """Return whether a line that begins with ``#`` is a comment, not the header."""
    mark = delimiter_of(following)
    names = {plain_name(cell) for cell in line.split(mark)}
    known = not names.isdisjoint(_COLUMN_NAMES)
    return not (known and line.count(mark) == following.count(mark))


def _comments_note(comments: int) -> tuple[str, ...]:
    if not comments:
        return ()
    lines = "line that begins" if comments == 1 else "lines that begin"
    return (f"{comments:,} {lines} with # above the column names skipped",)
