"""Picture columns of tables: encoded bytes, paths, or both as in Hugging Face's ``Image``."""

import polars as pl


def is_picture(dtype: pl.DataType) -> bool:
    """Return whether a column of this type can hold encoded pictures."""
    if isinstance(dtype, pl.Struct):
        return any(field.name in ("bytes", "path") for field in dtype.fields)
    return dtype == pl.Binary


def picture_column(frame: pl.DataFrame, given: str | None, tags: str | None = None) -> str | None:
    """Choose the column of pictures: the given one, else the first possible one, or None.

    Args:
        frame: The table.
        given: The image column given by the user, or None.
        tags: The column of the tags, which never holds pictures, or None.
    """
    if given in frame.columns and is_picture(frame.schema[given]):
        return given
    return next((n for n, dtype in frame.schema.items() if n != tags and is_picture(dtype)), None)


def bytes_and_paths(column: pl.Series) -> tuple[pl.Series | None, pl.Series | None]:
    """Return encoded bytes and paths of a picture column; None for what it lacks.

    If bytes are stored, the paths are only names of the pictures.
    """
    if column.dtype == pl.Binary:
        return column, None
    fields = column.struct.fields
    stored = column.struct.field("bytes") if "bytes" in fields else None
    paths = column.struct.field("path") if "path" in fields else None
    if stored is not None and (stored.dtype != pl.Binary or stored.null_count() == len(stored)):
        stored = None
    if paths is not None and (paths.dtype != pl.String or paths.null_count() == len(paths)):
        paths = None
    return stored, paths
