"""Joining of the rows of each image, for tables with one row per tag."""

from dataclasses import replace

import polars as pl

from labelsphere.annotations.readers.raw import RawTable


def join_rows(table: RawTable) -> RawTable:
    """Join the rows of each image, in the order of the images' first rows.

    Columns that differ within an image are left out with a note, because they belong to tags.

    Args:
        table: A table with one row per tag.
    """
    numbered = table.image_ids.to_frame("id").with_row_index("row")
    first = numbered.group_by("id").agg(pl.col("row").min()).sort("row")
    start, images = first["row"], first["id"]
    numbers = table.image_ids.cast(pl.Enum(images)).to_physical().cast(pl.Int64)
    constant: list[str] = []
    differing: list[str] = []
    for column in table.columns.iter_columns():
        same = column.eq_missing(column[start][numbers])
        (constant if same.all() else differing).append(column.name)
    notes = table.notes
    if differing:
        names = ", ".join(repr(name) for name in differing)
        notes += (f"columns that differ from tag to tag of an image left out: {names}",)
    form = table.form
    if form is not None:
        form = replace(form, columns=tuple(c for c in form.columns if c not in differing))
    return replace(
        table,
        image_ids=images,
        tags=table.tags.with_columns(row=numbers[table.tags["row"]]),
        columns=table.columns.select(constant)[start] if constant else pl.DataFrame(),
        paths=None if table.paths is None else table.paths[start],
        picture_bytes=None if table.picture_bytes is None else table.picture_bytes[start],
        notes=notes,
        form=form,
    )
