"""Rows of a journal and back, and tags as columns."""

import numpy as np
import polars as pl
import pytest

from labelsphere.annotations import Vocabulary
from labelsphere.archive.records import (
    SCHEMA,
    Record,
    frame_to_records,
    records_to_frame,
    tag_columns,
    vectors_of,
)
from labelsphere.tagger.chosen import ChosenTags
from labelsphere.tagger.tag import Tag

LEVELS = (
    Tag("sky", 2.5, 0.9, True, False),
    Tag("sea", 1.5, 0.5, False, True),
    Tag("sand", 0.5, 0.1, False, False),
)
RECORDS = [
    Record("a\n.png", "c0", 12, 34, True, "", LEVELS, np.float16([1, -2]).tobytes()),
    Record("b", "", -1, 0, False, "b cannot be read", ()),
    Record("c", "c1", 1, 2, True, "", (Tag("sky", 0.25), Tag("sea", -np.inf)), b""),
]


def test_records_come_back_from_rows() -> None:
    frame = records_to_frame(RECORDS, "decoding")
    assert frame.schema == pl.Schema(SCHEMA)
    assert frame_to_records(frame) == RECORDS
    assert frame["decoding"].unique().to_list() == ["decoding"]
    assert frame_to_records(records_to_frame([], "")) == []


def test_vectors_are_read_in_float32() -> None:
    frame = records_to_frame([RECORDS[0]] * 3, "d")
    np.testing.assert_array_equal(vectors_of(frame), np.float32([[1, -2]] * 3))


@pytest.mark.parametrize("calibrated", [True, False])
def test_columns_of_tags_are_those_of_records(calibrated: bool) -> None:
    labels, scores = np.array([2, 0, 1]), np.float32([3, 2, 1])
    more = (np.array([0.9, 0.5, 0.25]), scores > 2, scores == 2) if calibrated else ()
    chosen = ChosenTags(np.array([0, 2, 2, 3]), labels, scores, *more)
    names = Vocabulary(["sky", "sea", "sand"])
    found = pl.DataFrame(tag_columns(chosen, pl.Series(names.names)))
    records = [
        Record(str(row), "", 0, 0, True, "", tuple(tags))
        for row, tags in enumerate(chosen.tags(names))
    ]
    columns = ["labels", "scores", "probabilities", "levels"]
    assert found.equals(records_to_frame(records, "").select(columns))
