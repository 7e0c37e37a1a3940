"""Layout of a table, for writing it back with all its columns."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class TableForm:
    """Columns of a table that was read.

    Attributes:
        columns: Names of all columns that were read, in their order.
        image: Column of the image's id; None if there is none.
        tags: Column of the tags.
        confidence: Column of the confidences, or None.
        pictures: Column of encoded pictures, or None.
        long: Whether each row is one tag.
        separator: Text between the tags of a cell.
        image_type: Type of the id column.
        absent: Column of known absences, or None.
    """

    columns: tuple[str, ...] = ("image", "tags")
    image: str | None = "image"
    tags: str = "tags"
    confidence: str | None = None
    pictures: str | None = None
    long: bool = False
    separator: str = ","
    image_type: pl.DataType = pl.String()  # noqa: RUF009 - types are immutable
    absent: str | None = None
