"""Conversion of a data frame to images and tags."""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import polars as pl

from labelsphere.annotations.readers.cells import numbers_of, tags_in_lists, tags_in_text
from labelsphere.annotations.readers.columns import (
    ABSENT_NAMES,
    CONFIDENCE_NAMES,
    FOLDER_NAMES,
    IMAGE_NAMES,
    PATH_NAMES,
    SCORE_NAMES,
    SET_NAMES,
    SINGLE_NAMES,
    choose_column,
    plain_name,
    recognise,
)
from labelsphere.annotations.readers.joining import join_rows
from labelsphere.annotations.readers.kinds import kind_of
from labelsphere.annotations.readers.odd_ids import odd_ids
from labelsphere.annotations.readers.own_output import accepted_tags
from labelsphere.annotations.readers.pictures import bytes_and_paths, picture_column
from labelsphere.annotations.readers.raw import (
    RawTable,
    ReadOptions,
    RowLocation,
    counted_row,
    in_file,
)
from labelsphere.annotations.readers.untagged_tables import missing_tags_hint
from labelsphere.annotations.table_form import TableForm
from labelsphere.errors import DataError


class Layout(NamedTuple):
    """Roles of the columns of a table.

    Attributes:
        image: Column of the image's id; None if pictures have no names.
        tags: Column of the tags.
        confidence: Column recognised as confidences, even if it cannot be used.
        pictures: Column of encoded pictures, or None.
        lists: Whether the tags are lists.
        long: Whether each row is one tag.
        folder: Column of the folder of the image's file, or None.
        absent: Column of known absences, or None.
    """

    image: str | None
    tags: str
    confidence: str | None
    pictures: str | None
    lists: bool
    long: bool
    folder: str | None = None
    absent: str | None = None


def layout_of(frame: pl.DataFrame, options: ReadOptions) -> Layout:
    """Recognise the roles of columns by their names and types.

    Values are checked only in a column named ``score``, which is a confidence if all its values are
    from 0 to 1.

    Raises:
        DataError: If a column is missing or has the wrong type.
    """
    named = options.tag_column or recognise(frame.columns, SET_NAMES + SINGLE_NAMES)
    pictures = picture_column(frame, options.image_column, named)
    others = [name for name in frame.columns if name != pictures]
    if options.tag_column is None and recognise(others, SET_NAMES + SINGLE_NAMES) is None:
        looks = missing_tags_hint(frame)
        if looks is not None:
            raise DataError(looks)
    tags = choose_column(others, options.tag_column, SET_NAMES + SINGLE_NAMES, "tags", "tag_column")
    given = None if options.image_column == pictures else options.image_column
    image = _id_column(frame, others, given, pictures)
    if image == tags:
        raise DataError(f"column {tags!r} is given for the tags and for the image")
    others.remove(tags)
    shares = [name for name in others if name != image and not _is_other_score(frame[name])]
    confidence = recognise(shares, CONFIDENCE_NAMES)
    lists = isinstance(frame.schema[tags], pl.List | pl.Array)
    long = not lists and _is_long(tags, confidence, options)
    schema = frame.schema
    texts = [name for name in others if name != image and schema[name] == pl.String]
    folder = recognise(texts, FOLDER_NAMES) if _names_files(image) else None
    absent = None if long else recognise(_tag_columns(frame, others), ABSENT_NAMES)
    return Layout(image, tags, confidence, pictures, lists, long, folder, absent)


def _tag_columns(frame: pl.DataFrame, names: list[str]) -> list[str]:
    """Return columns that may hold tags: lists of text, and text with a recognised name."""
    schema = frame.schema
    return [
        name
        for name in names
        if schema[name] == pl.List(pl.String)
        or (schema[name] == pl.String and "tags" in plain_name(name))
    ]


def _names_files(image: str | None) -> bool:
    """Return whether a column of this name holds names of files, not paths or ids."""
    return image is not None and "name" in plain_name(image)


def _is_other_score(column: pl.Series) -> bool:
    """Return whether a column named as a score holds other values than confidences."""
    if plain_name(column.name) not in SCORE_NAMES or isinstance(column.dtype, pl.List | pl.Array):
        return False
    # A column of words has no confidences; a word among numbers is an error.
    if column.dtype == pl.String and column.drop_nulls().len() and not _has_numbers(column):
        return True
    try:
        numbers = numbers_of(column).drop_nulls()
    except DataError:
        return False
    return not numbers.is_between(0, 1).all()


def _has_numbers(column: pl.Series) -> bool:
    """Return whether a cell of a text column begins like a number."""
    return bool(column.str.contains(r"^\s*[-+]?[.,]?\d").any())


def table_from_frame(
    frame: pl.DataFrame,
    options: ReadOptions,
    source: Path,
    location: RowLocation = counted_row,
    notes: tuple[str, ...] = (),
) -> RawTable:
    """Recognise the columns of a frame and extract the tags.

    A column of lists, or of text with a plural name such as ``tags``, has all tags of an image. A
    column of text with a singular name such as ``label``, or with a column of confidences, has one
    tag, and the rows of an image are joined.

    Args:
        frame: One row per image or per tag.
        options: Options of the user.
        source: Path of the source, for messages.
        location: Function that describes the location of a row, for messages.
        notes: Remarks of the frame's reader.

    Raises:
        DataError: If the frame has no rows, or a column is missing or has the wrong type.
    """
    if not frame.height:
        raise DataError(f"{source} has no rows; expected images and their tags")
    frame, left_out = accepted_tags(frame)
    try:
        table = _table(frame, options, location)
    except DataError as error:
        raise in_file(source, error) from error
    return replace(table, notes=(*notes, *left_out, *table.notes))


def _table(frame: pl.DataFrame, options: ReadOptions, location: RowLocation) -> RawTable:
    layout = layout_of(frame, options)
    pictures, id_column, tag_column = layout.pictures, layout.image, layout.tags
    stored, paths = (None, None) if pictures is None else bytes_and_paths(frame[pictures])
    others = [name for name in frame.columns if name not in (pictures, tag_column)]
    if stored is None and paths is None and id_column is not None:
        schema = frame.schema
        texts = [name for name in others if schema[name] == pl.String]
        given = None if options.image_column == pictures else options.image_column
        paths = text_of(frame[given or recognise(texts, PATH_NAMES) or id_column])
    confidence, lists, long = layout.confidence, layout.lists, layout.long
    fits = confidence and lists == isinstance(frame.schema[confidence], pl.List)
    confidence = confidence if fits and (lists or long) else None
    weights = frame[confidence] if confidence else None
    separator = "" if long else options.separator or ","
    if lists:
        tags, notes = tags_in_lists(frame[tag_column], weights, location)
    else:
        tags, notes = tags_in_text(frame[tag_column], separator, weights, location)
    if layout.absent is not None:
        tags = _with_absences(tags, frame[layout.absent], options, location)
    ids = _ids(frame, id_column, paths, location)
    taken = {id_column, confidence, layout.absent}
    if layout.folder is not None:
        # Keep the columns of the file's name and folder, and build the id from both.
        ids = paths = within_folders(frame[layout.folder], ids)
        notes = [f"image ids are made of {layout.folder!r} and {id_column!r}", *notes]
        id_column, taken = None, {confidence, layout.absent}
    table = RawTable(
        image_ids=ids,
        tags=tags,
        rows=frame.height,
        columns=frame.select(name for name in others if name not in taken),
        paths=paths,
        picture_bytes=stored,
        notes=(
            *_other_names(frame, others, layout, options),
            *([] if confidence else _unread(layout.confidence)),
            *odd_ids(ids, location),
            *notes,
        ),
        form=TableForm(
            columns=tuple(frame.columns),
            image=id_column,
            tags=tag_column,
            confidence=confidence,
            pictures=pictures,
            long=long,
            separator=separator or ",",
            absent=layout.absent,
            image_type=pl.String() if id_column is None else frame.schema[id_column],
        ),
    )
    return join_rows(table) if long else table


def _with_absences(
    tags: pl.DataFrame, column: pl.Series, options: ReadOptions, location: RowLocation
) -> pl.DataFrame:
    """Append the tags of another column with confidence 0."""
    if isinstance(column.dtype, pl.List):
        absent, _ = tags_in_lists(column, None, location)
    else:
        absent, _ = tags_in_text(column, options.separator or ",", None, location)
    if "confidence" not in tags:
        tags = tags.with_columns(confidence=pl.lit(1.0))
    both = [tags, absent.with_columns(confidence=pl.lit(0.0))]
    return pl.concat([frame.cast({"tag": pl.String}) for frame in both])


def within_folders(folder: pl.Series, names: pl.Series) -> pl.Series:
    """Join the folders of a column and the names of files."""
    joined = pl.select(
        pl.when(folder.fill_null("").str.strip_chars() == "")
        .then(names)
        .otherwise(folder.str.strip_chars().str.strip_chars_end("/") + "/" + names)
    )
    return joined.to_series()


def _is_long(tag_column: str, confidence: str | None, options: ReadOptions) -> bool:
    """Return whether each cell of a text column is one tag."""
    if options.separator is not None:
        return not options.separator
    name = plain_name(tag_column)
    return name in SINGLE_NAMES or (name not in SET_NAMES and confidence is not None)


def _id_column(
    frame: pl.DataFrame, others: list[str], given: str | None, pictures: str | None
) -> str | None:
    """Choose the column of image ids; None if pictures have no names."""
    if given is None and pictures is not None and recognise(others, IMAGE_NAMES) is None:
        return None
    name = choose_column(others, given, IMAGE_NAMES, "image", "image_column")
    dtype = frame.schema[name]
    whole = dtype.is_float() and bool((frame[name].drop_nulls() % 1 == 0).all())
    if dtype not in (pl.String, pl.Categorical, pl.Enum) and not dtype.is_integer() and not whole:
        raise DataError(
            f"column {name!r} holds {kind_of(dtype)}; expected image ids: text or whole numbers"
        )
    return name


def _ids(
    frame: pl.DataFrame, id_column: str | None, paths: pl.Series | None, location: RowLocation
) -> pl.Series:
    if id_column is None:
        if paths is not None and not paths.null_count() and not paths.is_duplicated().any():
            return paths
        return pl.int_range(frame.height, eager=True).cast(pl.String)
    return named_images(frame[id_column], location)


def named_images(column: pl.Series, location: RowLocation = counted_row) -> pl.Series:
    """Convert the ids of a column to text.

    Args:
        column: Text or whole numbers.
        location: Function that describes the location of a row, for messages.

    Raises:
        DataError: If a row has none.
    """
    ids = text_of(column)
    missing = (ids.fill_null("") == "").arg_true()
    if len(missing):
        raise DataError(
            f"{location(missing[0])}: no image in column {column.name!r}; expected one in each row"
        )
    return ids


def text_of(column: pl.Series) -> pl.Series:
    """Convert a column of text or whole numbers to text, without surrounding blanks."""
    if column.dtype.is_float():
        # Pandas converts 1 to 1.0 if another row has no number.
        column = column.cast(pl.Int64)
    text = column.cast(pl.String)
    return text if column.dtype.is_numeric() else text.str.strip_chars()


def _unread(confidence: str | None) -> list[str]:
    """Describe a column of confidences that has not one value per tag."""
    if confidence is None:
        return []
    return [f"{confidence!r} is not read: it has one value per image, not one per tag"]


def _other_names(
    frame: pl.DataFrame, others: list[str], layout: Layout, options: ReadOptions
) -> list[str]:
    """Describe columns that could be tags or confidences and are not read as such."""
    notes = []
    alike = [name for name in others if plain_name(name) in SET_NAMES + SINGLE_NAMES]
    alike = [name for name in alike if name not in (layout.image, layout.absent)]
    if options.tag_column is None and alike:
        named = ", ".join(repr(name) for name in alike)
        notes.append(f"tags are read from {layout.tags!r}; also there, and left alone: {named}")
    if layout.image is not None and frame.schema[layout.image].is_float():
        notes.append(f"the numbers of {layout.image!r} are read as whole: 1.0 is image 1")
    notes += [
        f"{name!r} holds words, and is not read as a confidence"
        if frame.schema[name] == pl.String and not _has_numbers(frame[name])
        else f"{name!r} has values outside 0 to 1, and is not read as a confidence"
        for name in others
        if name != layout.image and _is_other_score(frame[name])
    ]
    return notes
