"""From a data frame, whichever file it came from, to images and tags."""

from pathlib import Path
from typing import NamedTuple

import polars as pl

from labelsphere.annotations.readers.cells import kind_of, tags_in_lists, tags_in_text
from labelsphere.annotations.readers.columns import (
    CONFIDENCE_NAMES,
    IMAGE_NAMES,
    PATH_NAMES,
    SET_NAMES,
    SINGLE_NAMES,
    choose,
    plain_name,
    recognise,
)
from labelsphere.annotations.readers.joining import join_rows
from labelsphere.annotations.readers.pictures import bytes_and_paths, picture_column
from labelsphere.annotations.readers.raw import RawTable, ReadOptions
from labelsphere.errors import DataError


class Layout(NamedTuple):
    """What the columns of a table are.

    Attributes:
        image: Column of the image's id; None where there are pictures and nothing names them.
        tags: Column of the tags.
        confidence: Column that is recognised as the confidences, even if it cannot be used.
        pictures: Column of encoded pictures, or None.
        lists: Whether the tags are lists.
        long: Whether each row is one tag.
    """

    image: str | None
    tags: str
    confidence: str | None
    pictures: str | None
    lists: bool
    long: bool


def layout_of(frame: pl.DataFrame, options: ReadOptions) -> Layout:
    """Tell by names and types what the columns are; the rows are not looked at.

    Raises:
        DataError: If a column is missing, or of the wrong type.
    """
    pictures = picture_column(frame, options.image_column)
    others = [name for name in frame.columns if name != pictures]
    tags = choose(others, options.tag_column, SET_NAMES + SINGLE_NAMES, "tags", "tag_column")
    given = None if options.image_column == pictures else options.image_column
    image = _id_column(frame, others, given, pictures)
    if image == tags:
        raise DataError(f"column {tags!r} is named for the tags and for the image alike")
    others.remove(tags)
    confidence = recognise(others, CONFIDENCE_NAMES)
    lists = isinstance(frame.schema[tags], pl.List | pl.Array)
    long = not lists and _is_long(tags, confidence, options)
    return Layout(image, tags, confidence, pictures, lists, long)


def table_from_frame(
    frame: pl.DataFrame, options: ReadOptions, source: Path, first_row: int = 0
) -> RawTable:
    """Find the columns of a frame and take the tags out of them.

    A column of lists, or of text under a name in the plural such as ``tags``, holds all the tags
    of an image. A column of text under a name in the singular such as ``label``, or with a column
    of confidences beside it, holds one tag: the rows of an image are then joined.

    Args:
        frame: One row an image, or one row a tag.
        options: What the user named.
        source: Where the frame came from, for messages.
        first_row: Rows of the source before the frame's, for messages.

    Raises:
        DataError: If the frame has no rows, a column is missing or of the wrong type.
    """
    if not frame.height:
        raise DataError(f"{source} has no rows; expected images and their tags")
    try:
        return _table(frame, options, first_row)
    except DataError as error:
        raise DataError(f"{source}: {error}") from error


def _table(frame: pl.DataFrame, options: ReadOptions, first_row: int) -> RawTable:
    layout = layout_of(frame, options)
    pictures, id_column, tag_column = layout.pictures, layout.image, layout.tags
    stored, paths = (None, None) if pictures is None else bytes_and_paths(frame[pictures])
    others = [name for name in frame.columns if name not in (pictures, tag_column)]
    if stored is None and paths is None and id_column is not None:
        texts = [name for name in others if frame.schema[name] == pl.String]
        given = None if options.image_column == pictures else options.image_column
        paths = _text(frame[given or recognise(texts, PATH_NAMES) or id_column])
    confidence, lists, long = layout.confidence, layout.lists, layout.long
    fits = confidence and lists == isinstance(frame.schema[confidence], pl.List)
    confidence = confidence if fits and (lists or long) else None
    weights = frame[confidence] if confidence else None
    if lists:
        tags = tags_in_lists(frame[tag_column], weights, first_row)
        notes: list[str] = []
    else:
        separator = "" if long else options.separator or ","
        tags, notes = tags_in_text(frame[tag_column], separator, weights, first_row)
    table = RawTable(
        image_ids=_ids(frame, id_column, paths, first_row),
        tags=tags,
        rows=frame.height,
        columns=frame.select(name for name in others if name not in (id_column, confidence)),
        paths=paths,
        picture_bytes=stored,
        notes=(*_rivals(others, tag_column, options), *notes),
    )
    return join_rows(table) if long else table


def _is_long(tag_column: str, confidence: str | None, options: ReadOptions) -> bool:
    """Whether each cell of a column of text is one tag."""
    if options.separator is not None:
        return not options.separator
    name = plain_name(tag_column)
    return name in SINGLE_NAMES or (name not in SET_NAMES and confidence is not None)


def _id_column(
    frame: pl.DataFrame, others: list[str], given: str | None, pictures: str | None
) -> str | None:
    """The column of image ids; None where there are pictures and nothing names them."""
    if given is None and pictures is not None and recognise(others, IMAGE_NAMES) is None:
        return None
    name = choose(others, given, IMAGE_NAMES, "image", "image_column")
    dtype = frame.schema[name]
    if dtype != pl.String and not dtype.is_integer():
        raise DataError(
            f"column {name!r} holds {kind_of(dtype)}; expected image ids: text or whole numbers"
        )
    return name


def _ids(
    frame: pl.DataFrame, id_column: str | None, paths: pl.Series | None, first_row: int
) -> pl.Series:
    if id_column is None:
        if paths is not None and not paths.null_count() and not paths.is_duplicated().any():
            return paths
        return pl.int_range(frame.height, eager=True).cast(pl.String)
    return named_images(frame[id_column], first_row)


def named_images(column: pl.Series, first_row: int = 0) -> pl.Series:
    """The ids of a column as text.

    Args:
        column: Text or whole numbers.
        first_row: Rows of the source before these, for messages.

    Raises:
        DataError: If a row has none.
    """
    ids = _text(column)
    missing = (ids.fill_null("") == "").arg_true()
    if len(missing):
        raise DataError(
            f"row {first_row + missing[0] + 1} has no image in column {column.name!r}; "
            "expected one in each row"
        )
    return ids


def _text(column: pl.Series) -> pl.Series:
    return column.cast(pl.String).str.strip_chars()


def _rivals(others: list[str], tag_column: str, options: ReadOptions) -> list[str]:
    rivals = [name for name in others if plain_name(name) in SET_NAMES]
    if options.tag_column is not None or not rivals:
        return []
    named = ", ".join(repr(name) for name in rivals)
    return [f"tags are read from {tag_column!r}; also there, and left alone: {named}"]
