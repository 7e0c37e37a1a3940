"""Reader of Hugging Face's ImageFolder: a metadata table with the pictures of each split."""

from collections.abc import Callable
from pathlib import Path

import polars as pl

from labelsphere.annotations.readers.delimited import read_delimited
from labelsphere.annotations.readers.jsonl import read_jsonl
from labelsphere.annotations.readers.parquet import read_parquet
from labelsphere.annotations.readers.raw import RawTable, ReadOptions
from labelsphere.errors import DataError

METADATA = "metadata"
_TABLES: dict[str, Callable[[Path, ReadOptions], RawTable]] = {
    ".csv": read_delimited,
    ".jsonl": read_jsonl,
    ".parquet": read_parquet,
}
_SPLIT = "split"


def is_image_folder(folder: Path) -> bool:
    """Return whether a folder has subfolders with metadata tables."""
    return bool(_tables(folder))


def read_image_folder(folder: Path, options: ReadOptions) -> RawTable:
    """Read a metadata table (JSON lines, CSV or Parquet) from each subfolder.

    An image's id is its path in the folder, and the folder of the table is its split.

    Raises:
        DataError: If there is no such table, or a table cannot be read.
    """
    tables = [(path, _TABLES[path.suffix](path, options)) for path in _tables(folder)]
    if not tables:
        raise DataError(f"{folder} holds no folder with a table {METADATA}.csv, .jsonl or .parquet")
    ids, tags, columns, notes = [], [], [], []
    before = 0
    for path, table in tables:
        split = path.parent.name
        within = table.paths if table.paths is not None else table.image_ids
        ids.append(split + "/" + within.fill_null(""))
        tags.append(table.tags.with_columns(pl.col("row") + before, pl.col("tag").cast(pl.String)))
        rows = len(table.image_ids)
        kept = table.columns.drop(_SPLIT, strict=False)
        named = pl.Series(_SPLIT, [split] * rows, dtype=pl.String)
        columns.append(pl.DataFrame([*kept.iter_columns(), named]))
        notes += [f"{split}: {note}" for note in table.notes]
        before += rows
    joined = pl.concat(ids).rename("image")
    try:
        every = pl.concat(columns, how="diagonal_relaxed")
    except pl.exceptions.PolarsError as error:
        raise DataError(f"{folder}: the tables of metadata do not fit together") from error
    return RawTable(
        image_ids=joined,
        tags=pl.concat(tags, how="diagonal_relaxed"),
        rows=before,
        columns=every,
        paths=joined,
        notes=tuple(notes),
    )


def _tables(folder: Path) -> list[Path]:
    """Find the metadata table of each direct subfolder, by the subfolder's name."""
    found = []
    for inner in sorted(path for path in folder.iterdir() if path.is_dir()):
        if not inner.name.startswith("."):
            tables = (inner / f"{METADATA}{ending}" for ending in _TABLES)
            found += [path for path in tables if path.is_file()][:1]
    return found
