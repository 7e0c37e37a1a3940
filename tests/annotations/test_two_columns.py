"""Two cells a line: separators, headers, blanks, and lines that are refused."""

import pytest

from labelsphere.annotations.two_columns import read_pairs
from labelsphere.errors import DataError

HEADERS = {("child", "parent")}


@pytest.mark.parametrize(
    ("lines", "pairs"),
    [
        (["a,b", " c , d "], [("a", "b"), ("c", "d")]),
        (["a\tb", "c, d\t"], [("a", "b"), ("c, d", "")]),
        (["Child,Parent", "a,b", "child,parent"], [("a", "b"), ("child", "parent")]),
        (["", "a,", ",", "b,c"], [("a", ""), ("b", "c")]),
        (['"a, the letter",b'], [("a, the letter", "b")]),
        ([], []),
    ],
)
def test_cells(lines: list[str], pairs: list[tuple[str, str]]) -> None:
    assert read_pairs(lines, "a child", "its parent", HEADERS) == pairs


@pytest.mark.parametrize("line", ["a", "a,b,c", ",b"])
def test_a_line_of_other_cells_is_named(line: str) -> None:
    with pytest.raises(DataError, match="line 2: expected a child and its parent, but got"):
        read_pairs(["x,y", line], "a child", "its parent", HEADERS)
