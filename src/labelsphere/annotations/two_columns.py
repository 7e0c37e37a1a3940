"""Reader of text tables with two columns, such as hierarchies and changes of tags."""

import csv
from collections.abc import Container, Iterator, Sequence

from labelsphere.errors import DataError


def read_pairs(
    lines: Sequence[str], first: str, second: str, headers: Container[tuple[str, str]]
) -> list[tuple[str, str]]:
    """Read the two cells of each line, without surrounding blanks.

    Args:
        lines: Lines of CSV, or of TSV if the first has a tab; blank lines are skipped.
        first: Content of the first column, for errors; it may not be empty.
        second: Content of the second column.
        headers: Headers of two cells, in lower case; a first line with one of them is skipped.

    Raises:
        DataError: If a line has not two cells, or its first cell is empty; the message names the
            line.
    """
    delimiter = "\t" if lines and "\t" in lines[0] else ","
    pairs: list[tuple[str, str]] = []
    for number, row in enumerate(_rows(lines, delimiter), start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if len(cells) != 2 or not cells[0]:
            raise DataError(
                f"line {number}: expected {first} and {second}, but got {delimiter.join(row)!r}"
            )
        if number > 1 or (cells[0].lower(), cells[1].lower()) not in headers:
            pairs.append((cells[0], cells[1]))
    return pairs


def _rows(lines: Sequence[str], delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        yield from reader
    except csv.Error as error:
        raise DataError(f"line {reader.line_num}: {error}") from error
