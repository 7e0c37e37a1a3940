"""Quotes where users put them, against Python's own reader of CSV."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.annotations.readers.records import split_records
from labelsphere.errors import DataError


def cells(text: str, delimiter: str = ",") -> list[list[str]]:
    """The cells of the mended text, read by Python."""
    mended = split_records(text, delimiter).text.decode()
    return list(csv.reader(io.StringIO(mended, newline=""), delimiter=delimiter, strict=True))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ('24" monitor', '24" monitor'),
        ('monitor 24"', 'monitor 24"'),
        ('a "b" c', 'a "b" c'),
        ("6'2\" tall", "6'2\" tall"),
        ('5"x7" print', '5"x7" print'),
        ('say ""hi""', 'say ""hi""'),
        ('"sky"', "sky"),
        (' "sky, sea"', "sky, sea"),
        ('"sky" ', "sky"),
        ('"say ""hi"", he did"', 'say "hi", he did'),
        ('""', ""),
        ("", ""),
        ('ends in a quote"', 'ends in a quote"'),
    ],
)
def test_a_quote_within_a_cell_is_kept(cell: str, expected: str) -> None:
    for end in ("\n", "\r\n", ""):
        assert cells(f"image,tags\na.jpg,{cell}{end}")[1] == ["a.jpg", expected]
    assert cells(f"tags,image\n{cell},a.jpg\nx,y\n")[1:] == [[expected, "a.jpg"], ["x", "y"]]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('image,tags\na,"sky\nb,sea\n', "line 2: the quote before '\"sky' is never closed"),
        ('image,tags\na,sky\nb,"sea', "line 3: the quote before .* is never closed"),
        ('image,tags\n"a,sky\n', "line 2: the quote before .* is never closed"),
        ('image,tags\na,"24" screen"\n', "line 2: the cell .* continues after the next"),
        ('image,tags\na,"best" view\n', "line 2: the cell .* continues after the next"),
        ('image,tags\na,"x \\"y\\", z"\n', "line 2: the cell .* continues after the next"),
        ('image,tags\nb,c\na,"x"y"\n', "line 3: the cell .* continues after the next"),
        ('image,tags\na,"x\n\ny"\nb,"z" w\n', "line 5: the cell .* continues after the next"),
        ('"image,tags\na,b\n', "line 1: the quote before .* is never closed"),
        ('image;tags\na;"x"y\n', None),
        ('image,tags\na,"sky""\n', "line 2: the quote before .* is never closed|continues after"),
    ],
)
def test_a_cell_that_does_not_end_is_named(text: str, message: str | None) -> None:
    delimiter = ";" if ";" in text else ","
    with pytest.raises(DataError, match=message or "line 2"):
        split_records(text, delimiter)


@given(
    st.lists(
        st.lists(st.text("ab,\n\"' ;", max_size=6), min_size=2, max_size=2), min_size=1, max_size=6
    )
)
def test_what_python_writes_is_left_as_it_is(rows: list[list[str]]) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, lineterminator="\n").writerows(rows)
    records = split_records(written.getvalue(), ",")
    assert records.text.decode() == written.getvalue()
    assert len(records.fields) == len(rows)
    assert set(records.fields.tolist()) == {2}
    # A record begins in the line after the line ends of the records before it.
    line, lines = 1, []
    for row in rows:
        lines.append(line)
        line += 1 + sum(cell.count("\n") for cell in row)
    assert records.lines.tolist() == lines


def test_blank_records_and_fields_are_counted() -> None:
    records = split_records('a,b\n\n,\n"",\nx\ny,z,,\n', ",", first_line=5)
    assert records.fields.tolist() == [2, 1, 2, 2, 1, 4]
    assert records.blank.tolist() == [False, True, True, False, False, False]
    assert records.lines.tolist() == [5, 6, 7, 8, 9, 10]
    assert not records.extra_fields(5, 2)
    assert records.extra_fields(5, 1)
    assert records.record(3) == '"",'


def test_no_text_has_no_records() -> None:
    records = split_records("", ",")
    assert len(records.fields) == len(records.lines) == len(records.blank) == 0
