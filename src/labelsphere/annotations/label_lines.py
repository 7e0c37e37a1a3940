"""Readers of label lists: one label per line, or a column of a table."""

import csv
from unicodedata import normalize

from labelsphere.errors import DataError

_NAMES = ("name", "tag", "label", "tag_name", "label_name", "displayname")


def label_lines(text: str) -> list[tuple[int, str]]:
    r"""Parse a list of labels, each with its line number; blank lines are skipped.

    Raises:
        DataError: If a line of a table cannot be read.

    Examples:
        >>> label_lines("sky\n\nsea\n")
        [(1, 'sky'), (3, 'sea')]
        >>> label_lines("tag_id,name,category,count\n1,sky,0,5\n")
        [(2, 'sky')]
    """
    lines = text.splitlines()
    column = _label_column(lines[0] if lines else "")
    if column is None:
        found = [(number, line.strip()) for number, line in enumerate(lines, start=1)]
    else:
        delimiter = "\t" if "\t" in lines[0] else ","
        reader = csv.reader(lines, delimiter=delimiter)
        try:
            next(reader)
            found = [(reader.line_num, row[column].strip()) for row in reader if len(row) > column]
        except csv.Error as error:
            raise DataError(f"line {reader.line_num}: {error}") from error
    return [(number, normalize("NFC", label)) for number, label in found if label]


def _label_column(header: str) -> int | None:
    """Find the column of the labels; None if each line is a label."""
    cells = [cell.strip().strip('"').lower() for cell in header.replace("\t", ",").split(",")]
    if len(cells) < 2:
        return None
    return next((cells.index(name) for name in _NAMES if name in cells), None)
