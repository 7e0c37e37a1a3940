"""Reader of one-hot tables: one column per tag, with 1 for images that have it."""

from pathlib import Path

import numpy as np
import polars as pl

from labelsphere.annotations.readers.columns import (
    IMAGE_NAMES,
    PATH_NAMES,
    SPLIT_NAMES,
    choose_column,
    recognise,
)
from labelsphere.annotations.readers.delimited import read_frame
from labelsphere.annotations.readers.frame import named_images, text_of
from labelsphere.annotations.readers.parquet import read_parquet_frame
from labelsphere.annotations.readers.raw import (
    RawTable,
    ReadOptions,
    RowLocation,
    counted_row,
    in_file,
)
from labelsphere.annotations.readers.untagged_tables import only_marks
from labelsphere.errors import DataError

_THERE = ("1", "1.0", "true", "yes", "x")
_ABSENT = ("0", "0.0", "false", "no")
_MOST_SHOWN = 5


def read_one_hot(path: Path, options: ReadOptions) -> RawTable:
    """Read a CSV, TSV or Parquet table with a column for each tag.

    1, true, yes and x are a tag, 0, false and no a known absence, and -1 and empty cells are
    unknown. Columns with other values are further columns, such as ``split``.

    Raises:
        DataError: If no column holds only such marks, or no column is recognised as the image.
    """
    location: RowLocation = counted_row
    notes: tuple[str, ...] = ()
    if path.suffix.lower() in (".parquet", ".pq"):
        frame = read_parquet_frame(path)
    else:
        frame, location, notes = read_frame(path)
    if not frame.height:
        raise DataError(f"{path} has no rows; expected images and their tags")
    try:
        return _table(frame, options, location, notes)
    except DataError as error:
        raise in_file(path, error) from error


def _table(
    frame: pl.DataFrame, options: ReadOptions, location: RowLocation, notes: tuple[str, ...]
) -> RawTable:
    image = choose_column(frame.columns, options.image_column, IMAGE_NAMES, "image", "image_column")
    texts = [name for name, dtype in frame.schema.items() if dtype == pl.String]
    path = options.image_column or recognise(texts, PATH_NAMES) or image
    split = recognise(frame.columns, SPLIT_NAMES)
    named = [name for name in frame.columns if name not in (image, path, split) and name.strip()]
    marked = only_marks(frame.select(named))
    if not marked:
        raise DataError(
            "no column holds 0, 1, -1 and empty cells alone; expected a column for each tag"
        )
    taken = {image, *marked}
    others = [name for name in frame.columns if name not in taken and name != path]
    if others:
        shown = ", ".join(repr(name) for name in others[:_MOST_SHOWN])
        more = "…" if len(others) > _MOST_SHOWN else ""
        note = f"columns with other values than 0, 1 and -1, which are no tags: {shown}{more}"
        notes = (*notes, note)
    return RawTable(
        image_ids=named_images(frame[image], location),
        tags=_tags(frame.select(marked)),
        rows=frame.height,
        columns=frame.select(name for name in frame.columns if name not in taken),
        paths=text_of(frame[path]),
        notes=notes,
    )


def _tags(frame: pl.DataFrame) -> pl.DataFrame:
    """Extract tags and known absences from columns of marks, column by column."""
    text = pl.all().cast(pl.String).str.strip_chars().str.to_lowercase().fill_null("")
    there = text.is_in(_THERE).cast(pl.Int8)
    known = text.is_in((*_THERE, *_ABSENT)).cast(pl.Int8)
    # 1 for a tag, 0 for a known absence, -1 for neither.
    marks = frame.select(there + known - 1).to_numpy().T
    numbers, rows = np.nonzero(marks >= 0)
    names = pl.Series([name.strip() for name in frame.columns], dtype=pl.String)
    return pl.DataFrame(
        {
            "row": pl.Series(rows, dtype=pl.Int64),
            "tag": names[numbers.tolist()],
            "confidence": pl.Series(marks[numbers, rows], dtype=pl.Float64),
        }
    )
