"""A report before it becomes HTML or Markdown: sections of text, tables and charts."""

from dataclasses import dataclass

from labelsphere.arrays import DoubleArray


@dataclass(frozen=True)
class ListItem:
    """An entry of a list in a cell, with a remark such as its score; marked where it is a hit."""

    text: str
    remark: str = ""
    marked: bool = False


@dataclass(frozen=True)
class Cell:
    """One cell of a table.

    Attributes:
        text: What it says.
        remark: A line below the value, such as an interval.
        best: Whether it is printed bold.
        items: A list in place of text.
    """

    text: str = ""
    remark: str = ""
    best: bool = False
    items: tuple[ListItem, ...] = ()


@dataclass(frozen=True)
class Heading:
    """Head of a row or column.

    Attributes:
        title: What it says.
        metric: Key of the metric whose definition belongs to it, or empty.
        series: Number of the method whose colour it bears, or None.
        picture: A picture's data address, or None.
    """

    title: str
    metric: str = ""
    series: int | None = None
    picture: str | None = None


@dataclass(frozen=True)
class Row:
    """Cells under the columns, with a heading and the name of the group of rows, if any."""

    heading: Heading
    cells: tuple[Cell, ...]
    group: str = ""


@dataclass(frozen=True)
class Table:
    """Rows and columns; ``corner`` heads the column of row headings."""

    corner: str
    columns: tuple[Heading, ...]
    rows: tuple[Row, ...] = ()


@dataclass(frozen=True)
class Chart:
    """One drawing.

    Attributes:
        title: Heading.
        unit: What the horizontal axis counts.
        lines: Each method's title and points, (points, 2) float64; one without points is left out.
        target: A dashed line's height, or None.
        shares: Budgets that the horizontal axis names, each step doubling; none for numbers.
    """

    title: str
    unit: str
    lines: tuple[tuple[str, DoubleArray], ...]
    target: float | None = None
    shares: tuple[float, ...] = ()


@dataclass(frozen=True)
class Fact:
    """A name and what belongs to it: a definition, or a setting and its value."""

    name: str
    text: str
    anchor: str = ""


@dataclass(frozen=True)
class Section:
    """A section of the report.

    Attributes:
        title: Heading.
        text: Paragraphs before the table.
        table: Left out without rows.
        charts: Drawings, in the page alone.
        gallery: Pictures with lists of tags, in the page alone.
        picture: File beside the report with the same drawings, for Markdown.
        facts: A list of definitions or settings.
        code: A command.
        notes: Paragraphs after the table.
    """

    title: str
    text: tuple[str, ...] = ()
    table: Table = Table("", ())
    charts: tuple[Chart, ...] = ()
    gallery: tuple[Row, ...] = ()
    picture: str = ""
    facts: tuple[Fact, ...] = ()
    code: str = ""
    notes: tuple[str, ...] = ()

    @property
    def filled(self) -> bool:
        """Whether there is more than text: a section without is left out."""
        return bool(self.table.rows or self.charts or self.facts or self.gallery)


@dataclass(frozen=True)
class Page:
    """The whole report, or what comes before a comparison in it.

    Attributes:
        title: Heading of the page.
        lead: What was compared, and on what.
        verdict: Sentences, the most important first.
        sections: The rest.
        footer: Version and date.
    """

    title: str
    lead: str
    verdict: tuple[str, ...] = ()
    sections: tuple[Section, ...] = ()
    footer: str = ""
