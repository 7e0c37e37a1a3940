"""Chunks of a table against the same rows read as one table."""

from collections import defaultdict
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labelsphere.annotations.readers.chunks import FrameChunk, tables_from_frames
from labelsphere.annotations.readers.raw import ChunkOptions, RawTable, ReadOptions, row_after
from labelsphere.errors import DataError

SOURCE = Path("t.csv")


def chunks_of(frame: pl.DataFrame, rows: int) -> list[FrameChunk]:
    return [
        FrameChunk(frame[start : start + rows], start, row_after(start))
        for start in range(0, frame.height, rows)
    ]


def read(
    frame: pl.DataFrame, rows: int, *, columns: tuple[str, ...] = (), size: int = 1000
) -> list[RawTable]:
    options = ChunkOptions(columns, chunk_bytes=100)
    found = tables_from_frames(chunks_of(frame, rows), size, ReadOptions(), options, SOURCE)
    return list(found)


def tags_by_image(tables: list[RawTable]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for table in tables:
        names = table.image_ids.to_list()
        assert len(set(names)) == len(names)
        for name in names:
            assert name not in found, "an image is in two chunks"
            found[name] = []
        for row, tag, *_ in table.tags.rows():
            found[names[row]].append(tag)
    return found


@settings(max_examples=25, deadline=None)
@given(
    rows=st.lists(st.tuples(st.integers(0, 5), st.sampled_from("xyz")), min_size=1, max_size=30),
    size=st.integers(1, 9),
)
def test_rows_of_an_image_meet_wherever_they_are(rows: list[tuple[int, str]], size: int) -> None:
    frame = pl.DataFrame(
        {"image": [f"{n}.jpg" for n, _ in rows], "label": [tag for _, tag in rows]}
    )
    expected: dict[str, list[str]] = defaultdict(list)
    for number, tag in rows:
        expected[f"{number}.jpg"].append(tag)
    found = tags_by_image(read(frame, size))
    assert {name: sorted(tags) for name, tags in found.items()} == {
        name: sorted(tags) for name, tags in expected.items()
    }


def test_images_without_an_id_are_numbered_over_all_chunks() -> None:
    frame = pl.DataFrame({"picture": [b"a", b"b", b"c"], "tags": [["x"], ["y"], ["z"]]})
    tables = read(frame, 2)
    assert [name for table in tables for name in table.image_ids] == ["0", "1", "2"]
    assert all(table.picture_bytes is None for table in tables)


def test_wanted_columns_are_kept_and_must_be_the_images_own() -> None:
    frame = pl.DataFrame(
        {
            "image": ["a", "b", "a"],
            "label": ["x", "y", "z"],
            "split": ["t", "v", "t"],
            "n": [1, 2, 3],
        }
    )
    tables = read(frame, 1, columns=("split",))
    splits = {
        name: split
        for table in tables
        for name, split in zip(table.image_ids, table.columns["split"], strict=True)
    }
    assert splits == {"a": "t", "b": "v"}
    with pytest.raises(DataError, match="column 'n' differs from tag to tag of an image"):
        read(frame, 1, columns=("n",))


def test_a_folder_is_part_of_the_id_in_every_chunk() -> None:
    frame = pl.DataFrame(
        {"folder": ["d", "e", "d"], "filename": ["1.jpg"] * 3, "label": ["x", "y", "z"]}
    )
    assert tags_by_image(read(frame, 1)) == {"d/1.jpg": ["x", "z"], "e/1.jpg": ["y"]}


def test_confidences_that_stop_being_some_are_refused() -> None:
    frame = pl.DataFrame({"image": ["a", "b"], "tags": [["x"], ["y"]], "score": [[0.5], [0.7]]})
    tables = read(frame, 1)
    assert [table.tags["confidence"].to_list() for table in tables] == [[0.5], [0.7]]
    images = [f"{number}.jpg" for number in range(40)]
    scores = [0.5] * 39 + [7.0]
    wrong = pl.DataFrame({"image": images, "label": ["x"] * 40, "score": scores})
    with pytest.raises(DataError, match=r"^t\.csv: 'score' has values outside 0 to 1"):
        read(wrong, 20)


def test_the_place_of_a_fault_is_that_in_the_whole_table() -> None:
    frame = pl.DataFrame({"image": ["a", "b", ""], "label": ["x", "y", "z"]})
    with pytest.raises(DataError, match=r"row 3: no image"):
        read(frame, 1)


def test_no_rows_are_refused() -> None:
    with pytest.raises(DataError, match=r"^t\.csv has no rows"):
        list(tables_from_frames([], 0, ReadOptions(), ChunkOptions(), SOURCE))
