"""Annotations as a file that `read_annotations` reads back."""

import json
from pathlib import Path

import polars as pl

from labelsphere.annotations.table import Annotations
from labelsphere.artefact import check_free_file, new_file
from labelsphere.errors import DataError, UsageError

ENDINGS = (".csv", ".jsonl", ".parquet")


def write_annotations(
    annotations: Annotations, path: str | Path, *, overwrite: bool = False
) -> None:
    """Write images, tags and further columns; pictures and confidences below 1 are not written.

    Args:
        annotations: What to write.
        path: The file; ``.csv``, ``.jsonl`` or ``.parquet``. It appears whole or not at all.
        overwrite: Whether a file that is there may be replaced.

    Raises:
        UsageError: If the ending is another.
        DataError: If a tag or a column does not go into CSV.
        ArtefactError: If the file is there already.
    """
    path = Path(path)
    ending = check_writable(path, overwrite=overwrite)
    lists = [annotations.tags_of(row) for row in range(annotations.n_images)]
    columns = annotations.columns.drop("image", "tags", strict=False)
    with new_file(path) as beside:
        if ending == ".csv":
            _csv(annotations, lists, columns).write_csv(beside)
            return
        table = pl.DataFrame(
            {
                "image": pl.Series(list(annotations.image_ids), dtype=pl.String),
                "tags": pl.Series(lists, dtype=pl.List(pl.String)),
            }
        )
        table = table.hstack(columns) if columns.width else table
        if ending == ".parquet":
            table.write_parquet(beside)
            return
        with beside.open("w", encoding="utf-8") as file:
            for row in table.iter_rows(named=True):
                file.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")


def check_writable(path: Path, *, overwrite: bool = False) -> str:
    """Refuse a file that cannot be written, before any work is done for it.

    Returns:
        The ending, in small letters.

    Raises:
        UsageError: If the ending is none that tells a format.
        ArtefactError: If the file is there already.
    """
    ending = path.suffix.lower()
    if ending not in ENDINGS:
        raise UsageError(f"{path} must end in one of {', '.join(ENDINGS)}, to tell its format")
    check_free_file(path, overwrite=overwrite)
    return ending


def _csv(annotations: Annotations, lists: list[list[str]], columns: pl.DataFrame) -> pl.DataFrame:
    comma = next((name for name in annotations.vocabulary if "," in name), None)
    nested = next((name for name in columns.columns if columns[name].dtype.is_nested()), None)
    if comma is not None or nested is not None:
        what = f"the tag {comma!r} holds a comma" if comma else f"column {nested!r} holds lists"
        raise DataError(f"{what}, which a cell of CSV cannot: write .jsonl or .parquet")
    table = pl.DataFrame(
        {
            "image": pl.Series(list(annotations.image_ids), dtype=pl.String),
            "tags": pl.Series([",".join(tags) for tags in lists], dtype=pl.String),
        }
    )
    return table.hstack(columns) if columns.width else table
