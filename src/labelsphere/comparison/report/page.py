"""A report before it becomes HTML or Markdown: sections of text, tables and charts."""

from dataclasses import dataclass, field

BEST = "best"
LEVEL = "level"


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
        mark: ``BEST`` to be printed bold, ``LEVEL`` not clearly below the best, or empty.
        items: A list in place of text.
        picture: A picture's data address, or None.
    """

    text: str = ""
    remark: str = ""
    mark: str = ""
    items: tuple[ListItem, ...] = ()
    picture: str | None = None


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
    """Cells under the columns, with a heading and, where a new group of rows begins, its name."""

    heading: Heading
    cells: tuple[Cell, ...]
    group: str = ""


@dataclass(frozen=True)
class Table:
    """Rows and columns; ``corner`` heads the column of row headings."""

    corner: str
    columns: tuple[Heading, ...]
    rows: tuple[Row, ...] = ()
    title: str = ""


@dataclass(frozen=True)
class Chart:
    """A drawing as SVG, with its title."""

    title: str
    svg: str


@dataclass(frozen=True)
class GalleryItem:
    """A picture with what is predicted for it; in the page alone.

    Attributes:
        picture: The picture's data address, or None.
        caption: A line below it.
        items: Its tags; the accepted ones are marked.
    """

    picture: str | None
    caption: str
    items: tuple[ListItem, ...]


@dataclass(frozen=True)
class Fact:
    """A name and what belongs to it: a definition, or a setting and its value."""

    name: str
    text: str
    anchor: str = ""


@dataclass(frozen=True)
class Section:
    """A section of the report; one without tables, charts and facts is left out.

    Attributes:
        title: Heading.
        text: Paragraphs before the tables.
        tables: Tables; those without rows are left out.
        charts: Drawings, in the page alone.
        gallery: Pictures with their tags, in the page alone.
        picture: File beside the report with the same drawings, for Markdown.
        facts: A list of definitions or settings.
        code: A command.
        notes: Paragraphs after the tables.
    """

    title: str
    text: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    gallery: tuple[GalleryItem, ...] = ()
    picture: str = ""
    facts: tuple[Fact, ...] = ()
    code: str = ""
    notes: tuple[str, ...] = field(default=())

    @property
    def filled(self) -> bool:
        """Whether the section has any content."""
        return bool(
            any(table.rows for table in self.tables) or self.charts or self.facts or self.gallery
        )


@dataclass(frozen=True)
class Page:
    """The whole report.

    Attributes:
        title: Heading of the page.
        verdict: Sentences, the most important first.
        lead: What was compared, and on what.
        sections: The rest.
        footer: Version and date.
    """

    title: str
    verdict: tuple[str, ...]
    lead: str
    sections: tuple[Section, ...]
    footer: str
