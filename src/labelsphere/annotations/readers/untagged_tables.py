"""Recognition of tables that have no column of tags."""

import re

import polars as pl

from labelsphere.annotations.readers.columns import IMAGE_NAMES, plain_name, recognise

_MARKS = ("0", "1", "-1", "0.0", "1.0", "-1.0", "true", "false", "yes", "no", "x", "")
_ROWS = 200
_PICTURE = re.compile(r"\.(jpe?g|png|gif|webp|bmp|tiff?|avif|heic)$", re.IGNORECASE)
_NUMBERED = re.compile(r"(tag|label|keyword|category|class)s?_?\d+")
_IMAGE_LIST = ("originalurl", "thumbnail300kurl", "rotation")


def missing_tags_hint(frame: pl.DataFrame) -> str | None:
    """Describe a table without a column of tags, and how to fix it; None if unknown.

    Args:
        frame: A table without a recognised column of tags.
    """
    if any(is_picture_name(name) for name in frame.columns):
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
    blanks = next((name for name in frame.columns if name.startswith("tag_string")), None)
    if blanks is not None:
        return (
            f"the tags are in {blanks!r}, with blanks between them: give the arguments "
            f"`tag_column` {blanks} and `separator` ' '"
        )
    if "category_id" in names:
        return (
            "'category_id' numbers the tags, as COCO's results do; give COCO's file of instances, "
            "which has their names, or write names instead of the numbers"
        )
    several = [name for name in frame.columns if _NUMBERED.fullmatch(plain_name(name))]
    if len(several) >= 2:
        shown = ", ".join(repr(name) for name in several[:3])
        return (
            f"the tags are over {len(several)} columns ({shown}…); write them into one column "
            "named tags, with commas between them, or one row per tag"
        )
    marked = mark_columns(frame)
    if len(marked) >= 2:
        shown = ", ".join(repr(name) for name in marked[:3])
        return (
            f"{len(marked):,} columns hold only marks such as 0 and 1 ({shown}…): this looks like "
            "a one-hot table, a column for each tag; give the argument `format` one-hot"
        )
    if any(re.fullmatch(r"-?\d+([.,]\d+)?", name.strip()) for name in frame.columns):
        shown = ", ".join(repr(name) for name in frame.columns[:4])
        return (
            f"the columns {shown} hold a number in their names, so that column names seem to be "
            "missing; write a first line such as image,tags, or name the columns with the "
            "arguments `image_column` and `tag_column`"
        )
    shares = [c.name for c in frame.head(_ROWS).iter_columns() if _are_shares(c)]
    if len(shares) >= 2:
        shown = ", ".join(repr(name) for name in shares[:3])
        return (
            f"{len(shares)} columns hold numbers from 0 to 1 ({shown}…): this looks like scores, a "
            "column for each tag; write one row per tag instead, image,label,confidence"
        )
    return None


def _are_shares(column: pl.Series) -> bool:
    """Return whether a column has only numbers from 0 to 1, and at least one."""
    if not (column.dtype.is_float() or column.dtype == pl.String):
        return False
    numbers = column.cast(pl.Float64, strict=False)
    filled = column.drop_nulls()
    whole = numbers.drop_nulls()
    return 0 < len(whole) == len(filled) and bool(whole.is_between(0, 1).all())


def is_picture_name(name: str) -> bool:
    """Return whether a name has a picture's ending."""
    return _PICTURE.search(name.strip()) is not None


def mark_columns(frame: pl.DataFrame) -> list[str]:
    """Return columns whose first rows have only marks such as 0 and 1, except the image's."""
    image = recognise(frame.columns, IMAGE_NAMES)
    return [name for name in only_marks(frame.head(_ROWS)) if name != image]


def only_marks(frame: pl.DataFrame) -> list[str]:
    """Return columns with only 0, 1, -1, true, false or empty cells, and not all empty.

    All columns are tested in one query, because a table may have thousands.
    """
    fits = []
    for name, dtype in frame.schema.items():
        cells = pl.col(name)
        if dtype.is_numeric():
            fits.append(cells.cast(pl.Float64).is_in([-1.0, 0.0, 1.0]).fill_null(value=True).all())
        elif dtype == pl.String:
            text = cells.str.strip_chars().str.to_lowercase().fill_null("")
            fits.append(text.is_in(_MARKS).all() & (text != "").any())
        else:
            fits.append(pl.lit(value=dtype == pl.Boolean).alias(name))
    if not fits:
        return []
    found = frame.select(fits).row(0)
    return [name for name, fit in zip(frame.columns, found, strict=True) if fit]
