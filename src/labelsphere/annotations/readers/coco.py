"""COCO instances: objects with a category each, in images."""

import json
from pathlib import Path
from typing import Any

import polars as pl

from labelsphere.annotations.readers.raw import RawTable, ReadOptions
from labelsphere.annotations.report import number_of
from labelsphere.annotations.text import read_text
from labelsphere.errors import DataError

_PARTS = {
    "images": ("id", "file_name"),
    "annotations": ("image_id", "category_id"),
    "categories": ("id", "name"),
}


def read_coco(path: Path, options: ReadOptions) -> RawTable:
    """Read a COCO instances file: an image's tags are the categories of its objects.

    Several objects of one category in an image are one tag, and not counted as duplicates.
    Image ids are COCO's numbers; ``file_name`` is a further column.

    Raises:
        DataError: If the file is no such JSON, or its parts do not fit together.
    """
    del options  # COCO names its own parts.
    document = _document(path)
    images, objects, categories = (_frame(document, part, path) for part in _PARTS)
    if not images.height:
        raise DataError(f"{path} has no images")
    if images["id"].is_duplicated().any():
        twice = images.filter(pl.col("id").is_duplicated())["id"][0]
        raise DataError(f"{path}: image id {twice} is given twice; expected each id once")
    names = categories.unique("id", keep="first", maintain_order=True)
    found = (
        objects.unique(maintain_order=True)
        .join(images.select(image_id="id").with_row_index("row"), on="image_id", how="left")
        .join(names.rename({"id": "category_id", "name": "tag"}), on="category_id", how="left")
    )
    lost_image, lost_category = found["row"].null_count(), found["tag"].null_count()
    if lost_image or lost_category:
        what = "images" if lost_image else "categories"
        raise DataError(
            f"{path}: {number_of(lost_image or lost_category, 'annotation')} of {what} that are "
            f"not under {what!r}; expected every image and category to be listed"
        )
    tags = (
        found.select(pl.col("row").cast(pl.Int64), pl.col("tag").str.strip_chars())
        .filter(pl.col("tag").str.len_bytes() > 0)
        .unique(maintain_order=True)
    )
    return RawTable(
        image_ids=images["id"].cast(pl.String),
        tags=tags,
        rows=images.height,
        columns=images.select("file_name"),
        paths=images["file_name"],
    )


def _document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(read_text(path))
    except json.JSONDecodeError as error:
        raise DataError(f"{path} line {error.lineno}: no JSON: {error.msg}") from error
    there = list(document) if isinstance(document, dict) else []
    missing = [part for part in _PARTS if part not in there]
    if missing:
        raise DataError(
            f"{path} has no {missing[0]!r}; expected COCO's 'images', 'annotations' and "
            "'categories'; for one object a line, name the file .jsonl"
        )
    return dict(document)


def _frame(document: dict[str, Any], part: str, path: Path) -> pl.DataFrame:
    """One part of the document as a frame of its needed fields."""
    number, other = _PARTS[part]
    kind = pl.Int64 if part == "annotations" else pl.String
    try:
        first = [int(entry[number]) for entry in document[part]]
        second = [entry[other] for entry in document[part]]
        return pl.DataFrame({number: first, other: second}, schema={number: pl.Int64, other: kind})
    except (KeyError, TypeError, ValueError, pl.exceptions.PolarsError) as error:
        raise DataError(
            f"{path}: each of {part!r} must have a whole number {number!r} and a "
            f"{'number' if kind == pl.Int64 else 'text'} {other!r}"
        ) from error
