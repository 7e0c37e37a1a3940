import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.annotations import Annotations, stream_annotations
from labelsphere.annotations.readers.json_columns import (
    check_letters,
    column_frame,
    columns_of,
    location_of,
    tags_column,
)
from labelsphere.annotations.readers.raw import ReadOptions
from labelsphere.errors import DataError

VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=3))
RECORDS = st.lists(st.dictionaries(st.sampled_from("abcd"), VALUES, max_size=4), max_size=6)


def numbered(records: list[Any]) -> list[tuple[str, Any]]:
    return [(f"line {number}", record) for number, record in enumerate(records, start=1)]


@given(RECORDS)
def test_columns_hold_each_value_under_its_key(records: list[dict[str, Any]]) -> None:
    columns, places = columns_of(numbered(records))
    assert places == [place for place, _ in numbered(records)]
    assert list(columns) == list(dict.fromkeys(key for record in records for key in record))
    for name, values in columns.items():
        assert values == [record.get(name) for record in records]


def test_an_entry_that_is_no_object_is_named() -> None:
    with pytest.raises(DataError, match=r"^line 2: expected an object .* but got \[1\]$"):
        columns_of(numbered([{"a": 1}, [1]]))


def framed(records: list[Any], **named: str) -> tuple[pl.DataFrame, tuple[str, ...]]:
    columns, places = columns_of(numbered(records))
    return column_frame(columns, places, ReadOptions(**named))


def test_columns_of_one_type_keep_it_without_a_note() -> None:
    frame, notes = framed(
        [
            {"image": "a", "tags": ["x"], "n": 1, "f": 1, "ok": True, "o": {"p": 1}},
            {"image": "b", "tags": None, "n": None, "f": 2.5, "ok": False, "o": {"p": 2, "q": 3}},
        ]
    )
    assert notes == ()
    assert frame["n"].to_list() == [1, None]
    assert frame["f"].to_list() == [1.0, 2.5]
    assert frame["ok"].to_list() == [True, False]
    assert frame["o"].to_list() == [{"p": 1, "q": None}, {"p": 2, "q": 3}]


@pytest.mark.parametrize(
    ("values", "text", "kinds"),
    [
        (["a", 5, None], ["a", "5", None], 'numbers and text (5 in line 2, "a" in line 1)'),
        (["x", True, 2], ["x", "true", "2"], "numbers and text and true or false (2 in line 3"),
        ([[1], {"a": 1}, "z"], ["[1]", '{"a": 1}', "z"], "lists and objects and text"),
        ([None, [1], ["a"]], [None, "[1]", '["a"]'], "lists that fit no common type ([1] in"),
        ([10**30, 1, 2], [str(10**30), "1", "2"], "numbers that fit no common type"),
    ],
)
def test_a_column_of_several_types_is_text_and_named(
    values: list[Any], text: list[str | None], kinds: str
) -> None:
    frame, (note,) = framed([{"image": "a", "tags": ["x"], "rating": value} for value in values])
    assert frame["rating"].to_list() == text
    assert note.startswith(f"column 'rating' holds {kinds}")
    assert note.endswith("its values are read, and written back, as text")
    assert "\n" not in note


@pytest.mark.parametrize("array", [False, True])
def test_the_note_reaches_the_reader_and_the_table_written_back(
    tmp_path: Path, array: bool
) -> None:
    rows = [
        {"image": "a", "tags": ["x"], "n": 5, "rating": 5},
        {"image": "b", "tags": ["y"], "n": 6, "rating": "five"},
    ]
    file = tmp_path / "t.jsonl"
    text = json.dumps(rows) if array else "".join(json.dumps(row) + "\n" for row in rows)
    file.write_text(text)
    tags = Annotations.read(file)
    (note,) = (note for note in tags.report.notes if "'rating'" in note)
    assert ("entry 2" if array else "line 2") in note
    tags.write(tmp_path / "back.jsonl")
    back = [json.loads(line) for line in (tmp_path / "back.jsonl").read_text().splitlines()]
    assert [row["n"] for row in back] == [5, 6]
    assert [row["rating"] for row in back] == ["5", "five"]


def test_the_note_is_given_once_for_many_chunks(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    pair = [{"image": "a", "tags": ["x"], "rating": 5}, {"image": "b", "tags": [], "rating": "5"}]
    file.write_text("".join(json.dumps(row) + "\n" for row in pair * 8))
    stream = stream_annotations(file, chunk_bytes=120)
    stream.find_vocabulary()
    assert len(list(stream.chunks())) > 1
    assert sum("'rating'" in note for note in stream.report.notes) == 1


def test_weights_by_tag_become_lists_of_labels() -> None:
    frame, _ = framed([{"image": "a", "tags": {"sky": 0.9, "sea": 1}}, {"image": "b", "tags": {}}])
    assert frame["tags"].to_list() == [
        [{"label": "sky", "confidence": 0.9}, {"label": "sea", "confidence": 1.0}],
        [],
    ]


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        ([3], r"line 1: 'tags' is 3; expected a list of text"),
        ([["x"], "y"], r'line 2: \'tags\' is "y"; expected, as in the lines before, a list of'),
        (["x", ["y"]], r"line 2: 'tags' is \[\"y\"\]; expected, as in the lines before, text"),
        ([["x"], [], [{"label": "y"}]], r"line 3: .* expected, as in the lines before, a list"),
        ([["x", 3]], r"line 1: 'tags' is \[\"x\", 3\]; expected a list of text"),
    ],
)
def test_tags_of_another_kind_are_named(tags: list[Any], message: str) -> None:
    with pytest.raises(DataError, match=message):
        framed([{"image": "a", "tags": value} for value in tags])


def test_the_tags_are_found_by_name() -> None:
    columns: dict[str, list[Any]] = {"image": ["a"], "labels": [["x"]], "other": [["y"]]}
    assert tags_column(columns, ReadOptions()) == "labels"
    assert tags_column(columns, ReadOptions(tag_column="other")) == "other"
    assert tags_column(columns, ReadOptions(tag_column="gone")) is None
    assert tags_column({"image": ["a"]}, ReadOptions()) is None
    with pytest.raises(DataError, match="has no rows"):
        column_frame({}, [], ReadOptions())


def test_rows_are_named_by_their_place() -> None:
    assert location_of(["line 3", "line 7"])(1) == "line 7"


@pytest.mark.parametrize("value", ["\ud800", ["\udfff"], {"k": ["\ud801"]}])
def test_half_a_surrogate_pair_is_refused(value: Any) -> None:
    check_letters({"key": ["é😀", 3, None, [1]]}, list("abcd"))
    with pytest.raises(DataError, match=r"^line 2: 'key' holds half a surrogate pair$"):
        check_letters({"key": ["fine", value]}, ["line 1", "line 2"])


def test_keys_that_differ_from_row_to_row_end_the_reading() -> None:
    images = ({f"{number}.jpg": ["sky"]} for number in range(100_000))
    with pytest.raises(DataError, match=r"^line 1415: the rows up to here have 1,415 different"):
        columns_of(numbered(list(images)))


def test_many_keys_in_every_row_are_read() -> None:
    wide = [{f"feature {number}": number for number in range(1500)}] * 1500
    columns, _ = columns_of(numbered(wide))
    assert len(columns) == 1500
    assert columns["feature 7"] == [7] * 1500
