from pathlib import Path

import pytest

from labelsphere.annotations.readers.raw import (
    ChunkOptions,
    counted_row,
    in_file,
    row_after,
)
from labelsphere.errors import DataError


def test_rows_are_counted_from_one() -> None:
    assert counted_row(0) == "row 1"
    assert counted_row(1234) == "row 1,235"
    assert row_after(1000)(4) == "row 1,005"


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("line 7: no image", "d/t.csv line 7: no image"),
        ("entry 2: no image", "d/t.csv entry 2: no image"),
        ("no column 'x'", "d/t.csv: no column 'x'"),
        ("linear", "d/t.csv: linear"),
    ],
)
def test_an_error_gets_the_name_of_its_file(text: str, whole: str) -> None:
    assert str(in_file(Path("d/t.csv"), DataError(text))) == whole


def test_wanted_columns_are_named_in_any_case() -> None:
    options = ChunkOptions(columns=("split", "base_id"))
    assert options.wants("split")
    assert options.wants("Split")
    assert options.wants("Base-ID")
    assert not options.wants("width")
    assert not ChunkOptions().wants("split")
