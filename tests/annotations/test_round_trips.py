"""The same tag sets, written in each format, are read as the same annotations."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelsphere.annotations import Annotations, stream_annotations
from labelsphere.annotations.empty_markers import EMPTY_MARKERS
from labelsphere.errors import DataError

TagSets = list[list[str]]

# No separators, and no control or line-end characters, which no text table can hold unharmed.
LETTERS = st.characters(
    exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp"), exclude_characters=",\u00a0\u2007\u202f"
)
TAGS = st.text(LETTERS, min_size=1, max_size=6).map(str.strip)
TAGS = TAGS.filter(lambda tag: tag and tag.lower() not in EMPTY_MARKERS)
SETS = st.lists(st.lists(TAGS, max_size=4), min_size=1, max_size=6).filter(any)


def name(row: int) -> str:
    return f"{row:03}.png"


def write_csv(folder: Path, sets: TagSets, delimiter: str = ",") -> Path:
    path = folder / ("tags.tsv" if delimiter == "\t" else "tags.csv")
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(["image", "tags"])
        writer.writerows([name(row), ",".join(tags)] for row, tags in enumerate(sets))
    return path


def write_tsv(folder: Path, sets: TagSets) -> Path:
    return write_csv(folder, sets, "\t")


def write_long_csv(folder: Path, sets: TagSets) -> Path:
    path = folder / "tags.csv"
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "label", "confidence"])
        writer.writerows([name(r), tag, 1] for r, tags in enumerate(sets) for tag in tags or [""])
    return path


def write_jsonl(folder: Path, sets: TagSets) -> Path:
    path = folder / "tags.jsonl"
    lines = (json.dumps({"image": name(row), "tags": tags}) for row, tags in enumerate(sets))
    path.write_text("\n".join(lines))
    return path


def write_parquet(folder: Path, sets: TagSets) -> Path:
    path = folder / "tags.parquet"
    ids = [name(row) for row in range(len(sets))]
    frame = pl.DataFrame({"id": ids, "labels": pl.Series(sets, dtype=pl.List(pl.String))})
    frame.write_parquet(path)
    return path


def write_coco(folder: Path, sets: TagSets) -> Path:
    path = folder / "instances.json"
    names = sorted({tag for tags in sets for tag in tags})
    document = {
        "images": [{"id": row, "file_name": name(row)} for row in range(len(sets))],
        "annotations": [
            {"image_id": row, "category_id": names.index(tag)}
            for row, tags in enumerate(sets)
            for tag in tags
        ],
        "categories": [{"id": number, "name": tag} for number, tag in enumerate(names)],
    }
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def write_open_images(folder: Path, sets: TagSets) -> Path:
    path = folder / "train-labels.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["ImageID", "Source", "LabelName", "Confidence"])
        for row, tags in enumerate(sets):
            writer.writerow([name(row), "verification", "absent from all", 0])
            writer.writerows([name(row), "verification", tag, 1.0] for tag in tags)
    return path


def write_folder(folder: Path, sets: TagSets) -> Path:
    for row, tags in enumerate(sets):
        (folder / name(row)).touch()
        (folder / name(row)).with_suffix(".txt").write_text(", ".join(tags), encoding="utf-8")
    return folder


WRITERS: list[Callable[[Path, TagSets], Path]] = [
    write_csv,
    write_tsv,
    write_long_csv,
    write_jsonl,
    write_parquet,
    write_coco,
    write_open_images,
    write_folder,
]


@pytest.mark.parametrize("write", WRITERS)
@settings(max_examples=40, deadline=None)
@given(sets=SETS)
def test_what_is_written_is_read(write: Callable[[Path, TagSets], Path], sets: TagSets) -> None:
    with TemporaryDirectory() as folder:
        # A tag may be called `null`.
        keep = [tag for tags in sets for tag in tags]
        read = Annotations.read(write(Path(folder), sets), keep=keep)
    coco = write is write_coco
    ids = [str(row) if coco else name(row) for row in range(len(sets))]
    expected = Annotations.from_lists(sets, image_ids=ids)
    assert read.image_ids == expected.image_ids
    assert read.vocabulary == expected.vocabulary
    np.testing.assert_array_equal(read.matrix.indptr, expected.matrix.indptr)
    np.testing.assert_array_equal(read.matrix.indices, expected.matrix.indices)
    np.testing.assert_array_equal(read.matrix.data, expected.matrix.data)
    assert read.report.duplicate_tags == (0 if coco else expected.report.duplicate_tags)


@pytest.mark.parametrize("write", WRITERS)
@settings(max_examples=15, deadline=None)
@given(sets=SETS, chunk_bytes=st.sampled_from([20, 60, 200]), min_count=st.integers(1, 2))
def test_the_parts_of_what_is_written_are_the_whole(
    write: Callable[[Path, TagSets], Path], sets: TagSets, chunk_bytes: int, min_count: int
) -> None:
    with TemporaryDirectory() as folder:
        path = write(Path(folder), sets)
        try:
            whole = Annotations.read(path, min_count=min_count)
        except DataError:
            with pytest.raises(DataError, match=r"no tag of .* is left"):
                list(
                    stream_annotations(path, min_count=min_count, chunk_bytes=chunk_bytes).chunks()
                )
            return
        stream = stream_annotations(path, min_count=min_count, chunk_bytes=chunk_bytes)
        chunks = list(stream.chunks())
    assert stream.find_vocabulary() == whole.vocabulary
    assert all(chunk.vocabulary == whole.vocabulary for chunk in chunks)
    rows = {
        name: chunk.matrix[[row]] for chunk in chunks for row, name in enumerate(chunk.image_ids)
    }
    assert sorted(rows) == sorted(whole.image_ids)
    for row, name in enumerate(whole.image_ids):
        assert rows[name].indices.tolist() == whole.matrix[[row]].indices.tolist()
        assert rows[name].data.tolist() == whole.matrix[[row]].data.tolist()
    told = (stream.report.rows, stream.report.duplicate_tags, stream.report.rare_labels)
    assert told == (whole.report.rows, whole.report.duplicate_tags, whole.report.rare_labels)
    assert stream.report.absent_tags == whole.report.absent_tags
    assert stream.report.unknown_tags == whole.report.unknown_tags
