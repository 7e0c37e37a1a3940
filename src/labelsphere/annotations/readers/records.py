"""Records of a delimited text: offsets, numbers of fields, and normalised quotes."""

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from labelsphere.arrays import AnyArray, BoolArray, IntArray
from labelsphere.errors import DataError

_QUOTE, _LINE_END, _RETURN = b'"'[0], b"\n"[0], b"\r"[0]
_FIX = 'put "…" around the whole cell, and double each quote within it ("")'
_BLANKS = " "


@dataclass(frozen=True)
class Records:
    """Records of CSV.

    Attributes:
        text: The lines. Quotes are only around cells, or doubled within quoted cells.
        delimiter: Delimiter of fields.
        first_line: Number of the first line in its file.
    """

    text: bytes
    delimiter: str
    first_line: int = 1

    @cached_property
    def _bytes(self) -> AnyArray:
        return np.frombuffer(self.text, np.uint8)

    @cached_property
    def _quotes(self) -> IntArray:
        return np.flatnonzero(self._bytes == _QUOTE)

    def _outside(self, offsets: IntArray) -> IntArray:
        """Select the offsets that are outside quotes."""
        if not len(self._quotes):
            return offsets
        inside = np.searchsorted(self._quotes, offsets) % 2
        return np.compress(inside == 0, offsets)

    @cached_property
    def _ends(self) -> IntArray:
        """Offset of each record's line end, or the length of the text for the last."""
        ends = self._outside(np.flatnonzero(self._bytes == _LINE_END))
        if self.text and not self.text.endswith(b"\n"):
            ends = np.append(ends, len(self.text))
        return ends

    @cached_property
    def _starts(self) -> IntArray:
        return np.concatenate([[0], self._ends + 1])[: len(self._ends)].astype(np.int64)

    @cached_property
    def lines(self) -> IntArray:
        """(records,) int64, the number of each record's first line in its file."""
        breaks = np.flatnonzero(self._bytes == _LINE_END)
        return np.searchsorted(breaks, self._starts) + self.first_line

    @cached_property
    def fields(self) -> IntArray:
        """(records,) int64, number of fields of each record; 1 for a blank line."""
        marks = self._outside(np.flatnonzero(self._bytes == self.delimiter.encode()[0]))
        bounds = np.searchsorted(marks, np.append(self._starts, len(self.text)))
        return np.diff(bounds).astype(np.int64) + 1

    def record(self, number: int) -> str:
        """Return a record as written, without its line end."""
        cut = self.text[self._starts[number] : self._ends[number]]
        return cut.decode(errors="replace").rstrip("\r")

    def extra_fields(self, number: int, width: int) -> bool:
        """Return whether a record has values in fields beyond a width."""
        cells = self.record(number).split(self.delimiter)
        return any(cell.strip(' "') for cell in cells[width:])

    @cached_property
    def blank(self) -> BoolArray:
        """(records,) Boolean: whether a record has only delimiters."""
        lengths = self._ends - self._starts
        last = self._bytes[np.maximum(self._ends - 1, 0)] if len(self._bytes) else self._bytes
        returns = (last == _RETURN) & (lengths > 0)
        blank: BoolArray = lengths == self.fields - 1 + returns
        return blank

    def swallowing(self) -> list[int]:
        """Find records over several lines that each look like a row.

        An unclosed quote joins several rows to one record.
        """
        breaks = np.count_nonzero(self._bytes == _LINE_END) + (not self.text.endswith(b"\n"))
        if not len(self._quotes) or breaks == len(self._ends):
            return []
        width = int(self.fields[0]) if len(self.fields) else 0
        ends = np.append(self.lines[1:], self.lines[-1] + self.record(-1).count("\n") + 1)
        several = np.flatnonzero(ends - self.lines > 1)
        return [
            number
            for number in several.tolist()
            if all(
                line.count(self.delimiter) == width - 1 for line in self.record(number).split("\n")
            )
        ]


def split_records(text: str, delimiter: str, first_line: int = 1) -> Records:
    r"""Split CSV into records; quotes within an unquoted cell are kept as they are.

    Args:
        text: Whole records.
        delimiter: Delimiter of fields.
        first_line: Number of the first line in its file.

    Raises:
        DataError: If a quoted cell does not end, or continues after its last quote; the message
            names the line.

    Examples:
        >>> split_records('image,tags\na.jpg,24" screen\n', ",").text
        b'image,tags\na.jpg,"24"" screen"\n'
    """
    data = text.encode()
    if _is_regular(data, delimiter):
        return Records(data, delimiter, first_line)
    fixed = "".join(_fixed(text, delimiter, first_line))
    return Records(fixed.encode(), delimiter, first_line)


def _is_regular(data: bytes, delimiter: str) -> bool:
    """Return whether all quotes conform to RFC 4180."""
    values = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(values == _QUOTE)
    if not len(quotes):
        return True
    if len(quotes) % 2:
        return False
    parting = np.zeros(256, np.bool_)
    parting[[_LINE_END, _RETURN, _QUOTE, delimiter.encode()[0]]] = True
    # The first quote of a pair follows a delimiter, and a delimiter follows the second. Doubled
    # quotes are adjacent.
    before, after = values[np.maximum(quotes[0::2] - 1, 0)], quotes[1::2] + 1
    opened = parting[before] | (quotes[0::2] == 0)
    closed = parting[values[np.minimum(after, len(values) - 1)]] | (after == len(values))
    return bool(opened.all() and closed.all())


def _fixed(text: str, delimiter: str, first_line: int) -> list[str]:
    """Rewrite records with quotes that conform to RFC 4180."""
    part = re.escape(delimiter)
    quoted = re.compile(rf'{_BLANKS}*"([^"]*(?:""[^"]*)*)"{_BLANKS}*(?={part}|\r?\n|\Z)')
    plain = re.compile(rf"[^{part}\n]*")
    pieces: list[str] = []
    offset = line = 0
    while offset < len(text):
        begins = text.startswith('"', offset + _leading(text, offset))
        match = (quoted if begins else plain).match(text, offset)
        if match is None:
            raise DataError(_unended(text, offset, first_line + line))
        cell = match.group(0)
        if begins:
            pieces.append(f'"{match.group(1)}"')
        elif '"' in cell:
            end = "\r" if cell.endswith("\r") else ""
            pieces.append('"' + cell.removesuffix("\r").replace('"', '""') + '"' + end)
        else:
            pieces.append(cell)
        line += cell.count("\n")
        offset = match.end()
        following = "\r\n" if text.startswith("\r\n", offset) else text[offset : offset + 1]
        pieces.append(following)
        line += following.count("\n")
        offset += len(following)
    return pieces


def _leading(text: str, offset: int) -> int:
    """Count the blanks before a cell."""
    start = offset
    while text.startswith(_BLANKS, offset):
        offset += 1
    return offset - start


def _unended(text: str, offset: int, line: int) -> str:
    start = offset + _leading(text, offset)
    shown = text[start : text.find("\n", start) if "\n" in text[start:] else len(text)]
    shown = repr(shown if len(shown) <= 60 else shown[:59] + "…")
    if text.find('"', start + 1) < 0:
        return f"line {line}: the quote before {shown} is never closed: {_FIX}"
    return f"line {line}: the cell {shown} begins with a quote and continues after the next: {_FIX}"
