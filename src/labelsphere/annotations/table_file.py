"""Writer of tables: CSV, JSON lines or Parquet, with the layout of the table that was read."""

import json
import math
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from labelsphere.annotations.pictures import PictureBytes
from labelsphere.annotations.readers.columns import SET_NAMES, plain_name
from labelsphere.annotations.readers.kinds import kind_of
from labelsphere.annotations.table_data import TableData, absent_tags
from labelsphere.annotations.table_form import TableForm
from labelsphere.arrays import IntArray
from labelsphere.errors import DataError


def write_table(annotations: TableData, path: Path, ending: str) -> list[str]:
    """Write a table; see `Annotations.write`.

    Args:
        annotations: The annotations.
        path: The file.
        ending: ``".csv"``, ``".jsonl"`` or ``".parquet"``: the format.

    Returns:
        Sentences about contents that could not be kept.

    Raises:
        DataError: If the format cannot store a tag or a column.
    """
    form, notes = _form_for(annotations, ending)
    cells = _cells(annotations, form)
    columns = _further(annotations, form, ending)
    if ending == ".jsonl":
        _check_bytes(columns)
    if ending == ".csv":
        _check_cells(cells, columns, form)
    table = _ordered(cells, columns, form)
    if ending == ".csv":
        table.write_csv(path)
    elif ending == ".parquet":
        table.write_parquet(path)
    else:
        notes += _write_json_lines(table, path)
    return notes


def _write_json_lines(table: pl.DataFrame, path: Path) -> list[str]:
    """Write one object per row, and return notes on values that JSON cannot represent."""
    texts = [column.name for column in table.iter_columns() if _is_text_in_json(column.dtype)]
    infinite: set[str] = set()
    with path.open("w", encoding="utf-8") as file:
        for row in table.iter_rows(named=True):
            try:
                line = json.dumps(row, ensure_ascii=False, default=str, allow_nan=False)
            except ValueError:
                finite = {name: _finite(value) for name, value in row.items()}
                # Compare texts, because NaN is not equal to itself.
                infinite |= {name for name in row if str(finite[name]) != str(row[name])}
                line = json.dumps(finite, ensure_ascii=False, default=str)
            file.write(line + "\n")
    notes = []
    if texts:
        notes.append(f"dates, times and decimals are written as text: {_named(texts)}")
    if infinite:
        found = [name for name in table.columns if name in infinite]
        notes.append(f"NaN and infinite numbers are written as null: {_named(found)}")
    return notes


def _is_text_in_json(dtype: pl.DataType) -> bool:
    return dtype.is_temporal() or dtype.is_decimal()


def _finite(value: object) -> object:
    """Replace NaN and infinity in a value by None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    return [_finite(inner) for inner in value] if isinstance(value, list) else value


def _named(columns: list[str]) -> str:
    what = "column" if len(columns) == 1 else "columns"
    return f"{what} {', '.join(repr(name) for name in columns)}"


@dataclass(frozen=True)
class _Cells:
    """Columns of images and tags.

    Attributes:
        rows: Image of each row, (rows,) int64.
        columns: Columns by name: ids if there is such a column, tags, and confidences.
    """

    rows: IntArray
    columns: dict[str, pl.Series]


def _form_for(annotations: TableData, ending: str) -> tuple[TableForm, list[str]]:
    """Choose the table's layout in the format, and write notes on what cannot be kept."""
    form = annotations.form or _plain_form(annotations)
    if form.absent is not None and ending == ".csv" and "tags" not in plain_name(form.absent):
        # In formats with text cells, tags are recognised by the column's name only.
        form = replace(form, absent=None)
    notes: list[str] = []
    if form.pictures is not None and ending != ".parquet":
        if isinstance(annotations.pictures, PictureBytes):
            notes.append(
                "pictures inside the table are not written, because only .parquet can hold them; "
                "keep the old table"
            )
        if form.image is None:
            # The ids are the pictures' own names or numbers.
            form = replace(form, image=form.pictures, pictures=None)
    weighted = bool((annotations.matrix.data < 1).any())
    weighted |= annotations.absent is not None and form.absent is None
    if not weighted and form.confidence is None:
        return form, notes
    confidence = form.confidence or _free("confidence", annotations)
    if ending == ".csv" and not form.long:
        tags = form.tags
        if plain_name(tags) in SET_NAMES:
            # A column with a plural name would be read as all tags of an image.
            tags = _free("label", annotations)
            notes.append(f"written with one row per tag, {tags!r}, to keep the confidences")
        form = replace(form, long=True, tags=tags, columns=_renamed(form, tags), absent=None)
    return replace(form, confidence=confidence), notes


def _renamed(form: TableForm, tags: str) -> tuple[str, ...]:
    return tuple(tags if name == form.tags else name for name in form.columns)


def _plain_form(annotations: TableData) -> TableForm:
    """Return the layout of annotations without a table: image, tags, further columns."""
    image = "image" if "image" not in annotations.columns.columns else "image_id"
    for name in (image, "tags"):
        if name in annotations.columns.columns:
            raise DataError(
                f"a further column is called {name!r}, which the table needs itself; rename it"
            )
    return TableForm((image, "tags"), image, "tags")


def _free(name: str, annotations: TableData) -> str:
    if name in annotations.columns.columns:
        raise DataError(
            f"a further column is called {name!r}, which the table needs itself; rename it"
        )
    return name


def _cells(annotations: TableData, form: TableForm) -> _Cells:
    known = _known_tags(annotations, absent=form.absent is None)
    ids = pl.Series(list(annotations.image_ids), dtype=pl.String)
    if form.image_type.is_integer():
        numbers = ids.cast(form.image_type, strict=False)
        ids = ids if numbers.null_count() else numbers
    if form.long:
        empty = np.setdiff1d(np.arange(annotations.n_images), known["row"].to_numpy())
        untagged = pl.DataFrame({"row": empty}, schema={"row": pl.Int64})
        table = pl.concat([known, untagged], how="diagonal").sort("row", maintain_order=True)
        rows = table["row"].to_numpy()
    else:
        rows = np.arange(annotations.n_images)
        grouped = known.group_by("row", maintain_order=True).agg("tag", "confidence")
        every = pl.DataFrame({"row": rows}, schema={"row": pl.Int64})
        table = every.join(grouped, on="row", how="left", maintain_order="left").with_columns(
            pl.col("tag", "confidence").fill_null([])
        )
    columns = {form.tags: table["tag"]}
    if form.image is not None:
        columns[form.image] = ids[rows.tolist()]
    if form.confidence is not None:
        columns[form.confidence] = table["confidence"]
    if form.absent is not None:
        lists = [absent_tags(annotations, row) for row in range(annotations.n_images)]
        columns[form.absent] = pl.Series(lists, dtype=pl.List(pl.String))
    return _Cells(rows, columns)


def _known_tags(annotations: TableData, *, absent: bool) -> pl.DataFrame:
    """Build a frame of ``row``, ``tag`` and ``confidence``; absences follow the tags, with 0."""
    absences = annotations.absent if absent else None
    names = pl.Series(annotations.vocabulary.names, dtype=pl.String)
    frames = []
    for matrix, value in ((annotations.matrix, None), (absences, 0.0)):
        if matrix is None:
            continue
        rows = np.repeat(np.arange(matrix.shape[0], dtype=np.int64), np.diff(matrix.indptr))
        # The shortest decimal of a float32 is the number that was read: 0.3, not 0.30000001.
        shares = pl.Series(matrix.data.astype(np.float32)).cast(pl.String).cast(pl.Float64)
        frames.append(
            pl.DataFrame({"row": rows, "tag": names[matrix.indices.tolist()]}).with_columns(
                confidence=shares if value is None else pl.lit(value, pl.Float64)
            )
        )
    return pl.concat(frames).sort("row", maintain_order=True)


def _further(annotations: TableData, form: TableForm, ending: str) -> pl.DataFrame:
    """Return the further columns, with the pictures if the format can hold them."""
    columns = annotations.columns
    pictures = annotations.pictures
    if form.pictures is None or ending != ".parquet" or not isinstance(pictures, PictureBytes):
        return columns
    stored = pl.DataFrame(
        {
            "bytes": pl.Series(
                [pictures.read(row) or None for row in range(len(pictures))], dtype=pl.Binary
            ),
            "path": pl.Series(list(annotations.image_ids), dtype=pl.String),
        }
    )
    return pl.DataFrame([*columns.iter_columns(), stored.to_struct(form.pictures)])


def _check_bytes(columns: pl.DataFrame) -> None:
    """Raise an error for bytes, which JSON cannot hold."""
    for column in columns.iter_columns():
        if "Binary" in repr(column.dtype) or column.dtype == pl.Object:
            raise DataError(
                f"column {column.name!r} holds {kind_of(column.dtype)}, which JSON cannot: write "
                ".parquet"
            )


def _check_cells(cells: _Cells, columns: pl.DataFrame, form: TableForm) -> None:
    """Raise an error for values that CSV cannot hold, and join lists of tags to text."""
    for column in columns.iter_columns():
        if column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Object, pl.Duration):
            raise DataError(
                f"column {column.name!r} holds {kind_of(column.dtype)}, which a cell of CSV "
                "cannot: write .jsonl or .parquet"
            )
    if form.long:
        return
    for name in (form.tags, form.absent):
        if name is not None:
            cells.columns[name] = _joined(cells.columns[name], form.separator)


def _joined(lists: pl.Series, separator: str) -> pl.Series:
    """Join lists of tags to text; null for an empty list."""
    tags = lists.explode(empty_as_null=True).drop_nulls()
    torn = tags.filter(tags.str.contains(separator, literal=True))
    if len(torn):
        what = "a comma" if separator == "," else f"the separator {separator!r}"
        raise DataError(
            f"the tag {torn[0]!r} holds {what}, which a cell of CSV cannot: write .jsonl or "
            ".parquet"
        )
    joined = lists.list.join(separator)
    return joined.set(joined == "", None)


def _ordered(cells: _Cells, columns: pl.DataFrame, form: TableForm) -> pl.DataFrame:
    """Return all columns: first those of the table that was read, in its order."""
    further = columns[cells.rows.tolist()] if columns.width else columns
    found = cells.columns | {column.name: column for column in further.iter_columns()}
    order = [name for name in form.columns if name in found]
    order += [name for name in found if name not in order]
    if form.image in order and form.image not in form.columns:
        order.sort(key=lambda name: name != form.image)
    return pl.DataFrame({name: found[name] for name in order})
