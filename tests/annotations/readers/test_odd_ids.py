import polars as pl
import pytest

from labelsphere.annotations.empty_markers import EMPTY_MARKERS
from labelsphere.annotations.readers.odd_ids import odd_ids
from labelsphere.annotations.readers.raw import counted_row


@pytest.mark.parametrize(
    ("ids", "note"),
    [
        (
            ["a", "b\0"],
            "1 image id holds a line end or another control character, such as in row 2",
        ),
        (["\ufeffa", "b"], "1 image id holds a letter that cannot be seen, such as in row 1"),
        (["nan", "NaN"], "2 image ids look like the mark of an empty cell, such as in row 1"),
        (
            ["a", "# b"],
            "1 image id begins as a comment does and is read as an image, such as in row 2",
        ),
    ],
)
def test_what_looks_odd_is_told(ids: list[str], note: str) -> None:
    assert odd_ids(pl.Series(ids), counted_row) == [note]


def test_other_ids_are_not_told() -> None:
    assert odd_ids(pl.Series(["a.jpg", "#1", "nancy", "50%", "é"]), counted_row) == []


@pytest.mark.parametrize("marker", [*EMPTY_MARKERS, "NA"])
def test_every_mark_of_an_empty_cell_is_told(marker: str) -> None:
    for written in (marker, marker.upper()):
        assert len(odd_ids(pl.Series(["a", written]), counted_row)) == 1
