"""Writer of Hugging Face's ImageFolder."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from labelsphere.annotations.split_names import marks, recognised_split
from labelsphere.annotations.table_data import TableData, absent_tags
from labelsphere.annotations.writers.base import (
    WriteOptions,
    copy_pictures,
    picture_names,
    tags_with_confidences,
)

# Names of splits in Labelsphere → in Hugging Face's datasets.
_SPLITS = {"train": "train", "val": "validation", "test": "test"}
_CARD = """---
configs:
- config_name: default
  data_files:
{files}
task_categories:
- image-classification
---

{images:,} images with {labels:,} tags, written by Labelsphere.
"""


def write_image_folder(annotations: TableData, path: Path, options: WriteOptions) -> list[str]:
    """Write one folder per split, each with ``metadata.jsonl``, and a card with the splits.

    A line has ``file_name`` and ``tags``, ``confidences`` and ``absent`` if they are known, and the
    further columns. Rows without a split are in ``train``.
    """
    names = picture_names(annotations)
    weighted = bool((annotations.matrix.data < 1).any())
    notes: list[str] = []
    files = []
    for split, rows in _rows(annotations):
        folder = path / split
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "metadata.jsonl").open("w", encoding="utf-8") as file:
            for row in rows:
                record = _record(annotations, row, names[row], weighted=weighted)
                file.write(json.dumps(record, ensure_ascii=False, default=str) + "\n")
        files.append(f"  - split: {split}\n    path: {split}/**")
        if options.pictures and annotations.pictures is not None:
            chosen = annotations.pictures.select(np.array(rows, np.int64))
            notes += copy_pictures(chosen, [names[row] for row in rows], folder)
    card = _CARD.format(
        files="\n".join(files), images=annotations.n_images, labels=len(annotations.vocabulary)
    )
    (path / "README.md").write_text(card, encoding="utf-8")
    if not options.pictures:
        notes.append("pictures are not copied: put each at its file_name in its split's folder")
    return list(dict.fromkeys(notes))


def _rows(annotations: TableData) -> Iterator[tuple[str, list[int]]]:
    """Yield each non-empty split and its rows."""
    column = recognised_split(annotations.columns.columns)
    left = set(range(annotations.n_images))
    found: dict[str, list[int]] = {}
    if column is not None:
        for part, name in _SPLITS.items():
            found[name] = marks(annotations.columns[column], part).arg_true().to_list()
            left -= set(found[name])
    found["train"] = sorted({*found.get("train", []), *left})
    return ((name, rows) for name in _SPLITS.values() if (rows := found.get(name)))


def _record(annotations: TableData, row: int, name: str, *, weighted: bool) -> dict[str, object]:
    tags = tags_with_confidences(annotations, row)
    record: dict[str, object] = {"file_name": name, "tags": [tag for tag, _ in tags]}
    if weighted:
        record["confidences"] = [1.0 if share is None else share for _, share in tags]
    if annotations.absent is not None:
        record["absent"] = absent_tags(annotations, row)
    if annotations.columns.width:
        further = annotations.columns.row(row, named=True)
        split = recognised_split(annotations.columns.columns)
        record |= {key: value for key, value in further.items() if key not in (*record, split)}
    return record
