"""A table as headings and cells, before it becomes HTML or Markdown."""

from dataclasses import dataclass, field

from labelsphere.comparison.report.estimates import Estimate, Results

BEST = "best"
LEVEL = "level"


@dataclass(frozen=True)
class Cell:
    """One figure.

    Attributes:
        text: The figure as printed.
        interval: Its interval as printed, or empty.
        mark: ``BEST`` to be printed bold, ``LEVEL`` not clearly below the best, or empty.
        estimate: The figure itself, to be drawn; None where it is only text.
    """

    text: str
    interval: str = ""
    mark: str = ""
    estimate: Estimate | None = None


@dataclass(frozen=True)
class Heading:
    """Head of a row or column.

    Attributes:
        title: What it says.
        metric: Key of the metric whose definition belongs to it, or empty.
        series: Number of the method whose colour it bears, or None.
    """

    title: str
    metric: str = ""
    series: int | None = None


@dataclass(frozen=True)
class Row:
    """Cells under the columns, with a heading and, where a new group of rows begins, its name."""

    heading: Heading
    cells: tuple[Cell, ...]
    group: str = ""


@dataclass(frozen=True)
class Table:
    """Rows and columns; ``corner`` heads the column of row headings."""

    corner: str
    columns: tuple[Heading, ...]
    rows: tuple[Row, ...] = field(default=())


def method_headings(results: Results) -> tuple[Heading, ...]:
    """One heading a method, in the methods' order."""
    return tuple(Heading(m["title"], series=i) for i, m in enumerate(results["methods"]))


def largest_in(row: Row) -> float:
    """The largest figure or interval's end of a row, or 0 if it holds none."""
    ends = [
        cell.estimate.mean if cell.estimate.high is None else cell.estimate.high
        for cell in row.cells
        if cell.estimate is not None
    ]
    return max(ends, default=0.0)
