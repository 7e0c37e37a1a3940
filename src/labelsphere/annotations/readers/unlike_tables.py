"""Tables without a column of tags: what they are, as far as their looks tell."""

import re

import polars as pl

from labelsphere.annotations.readers.columns import IMAGE_NAMES, plain_name, recognise

_MARKS = ("0", "1", "-1", "0.0", "1.0", "-1.0", "true", "false", "")
_ROWS = 200
_PICTURE = re.compile(r"\.(jpe?g|png|gif|webp|bmp|tiff?|avif|heic)$", re.IGNORECASE)
_IMAGE_LIST = ("originalurl", "thumbnail300kurl", "rotation")


def what_it_looks_like(frame: pl.DataFrame) -> str | None:
    """What a table without a column of tags is, and how to mend it; None if nothing tells.

    Args:
        frame: A table in which no column is recognised as the tags.
    """
    if any(_PICTURE.search(name.strip()) for name in frame.columns):
        shown = ",".join(frame.columns[:4])
        return (
            f"the first line {shown!r} names a picture, so column names are missing; write a first "
            "line above it such as image,tags"
        )
    names = {plain_name(name) for name in frame.columns}
    if names & set(_IMAGE_LIST):
        return (
            "this is Open Images' list of images, which has no labels; give the file of image "
            "labels, with the columns ImageID,Source,LabelName,Confidence"
        )
    if "tag_string" in names:
        return (
            "the tags are in 'tag_string', with blanks between them: give the arguments "
            "`tag_column` tag_string and `separator` ' '"
        )
    marked = mark_columns(frame)
    if len(marked) >= 2:
        shown = ", ".join(repr(name) for name in marked[:3])
        return (
            f"{len(marked)} columns hold 0 and 1 alone ({shown}…): this looks like a one-hot "
            "table, a column for each tag; give the argument `format` one-hot"
        )
    return None


def mark_columns(frame: pl.DataFrame) -> list[str]:
    """Columns that hold 0, 1, -1, true, false or nothing alone, and some 1; images aside."""
    image = recognise(frame.columns, IMAGE_NAMES)
    columns = frame.head(_ROWS).iter_columns()
    return [column.name for column in columns if column.name != image and is_mark_column(column)]


def is_mark_column(column: pl.Series) -> bool:
    """Whether a column holds 0, 1, -1, true, false or nothing alone, and something."""
    if column.dtype.is_numeric():
        return bool(column.cast(pl.Float64).is_in([-1.0, 0.0, 1.0]).fill_null(value=True).all())
    if column.dtype == pl.Boolean:
        return True
    if column.dtype != pl.String:
        return False
    text = column.str.strip_chars().str.to_lowercase().fill_null("")
    return bool(text.is_in(_MARKS).all()) and bool((text != "").any())
