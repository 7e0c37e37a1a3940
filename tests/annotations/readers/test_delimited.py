from pathlib import Path

import pytest

from labelsphere.annotations.readers.delimited import read_delimited
from labelsphere.annotations.readers.opening import delimiter_of
from labelsphere.annotations.readers.raw import RawTable, ReadOptions
from labelsphere.errors import DataError


def read(folder: Path, text: str, **options: str) -> RawTable:
    file = folder / "tags.csv"
    file.write_bytes(text.encode())
    return read_delimited(file, ReadOptions(**options))


@pytest.mark.parametrize(
    "text",
    [
        'image,tags,split\na.jpg,"sky, sea",train\nb.jpg,,test\n',
        "\ufeffimage;tags;split\r\na.jpg;sky, sea;train\r\n\r\nb.jpg;;test",
        "\nimage\ttags\tsplit\na.jpg\tsky, sea\ttrain\nb.jpg\t\ttest\n\n",
        'image,label,split\na.jpg,sky,train\na.jpg,"sea",train\nb.jpg,,test\n',
    ],
)
def test_tables_of_one_content_are_read_alike(tmp_path: Path, text: str) -> None:
    table = read(tmp_path, text)
    assert table.image_ids.to_list() == ["a.jpg", "b.jpg"]
    assert table.tags.rows() == [(0, "sky"), (0, "sea")]
    assert table.columns.to_dict(as_series=False) == {"split": ["train", "test"]}


def test_quoted_cells_hold_anything(tmp_path: Path) -> None:
    text = 'image,tags\n"a, b",""\n"a\nb","say ""hi"""\n'
    table = read(tmp_path, text)
    assert table.image_ids.to_list() == ["a, b", "a\nb"]
    assert table.tags.rows() == [(1, 'say "hi"')]


def test_numbers_stay_text(tmp_path: Path) -> None:
    table = read(tmp_path, "image,tags\n007,1.50\n")
    assert table.image_ids.to_list() == ["007"]
    assert table.tags.rows() == [(0, "1.50")]


def test_the_header_tells_the_delimiter() -> None:
    assert delimiter_of("image\ttags, all") == "\t"
    assert delimiter_of("image;tags") == ";"
    assert delimiter_of("image,tags;all") == ","


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("image,tags\n", "has no rows"),
        ("image,tags\n\n\n", "has no rows"),
        ("image,tags\na,x\nb,y,z\n", "line 3: 3 fields, but the header has 2: put"),
        ('image,tags\na,"x,y\n', "line 2: the quote before .* is never closed: put"),
        (
            'image,tags\na,x\nb,"y"z\n',
            "line 3: the cell .* begins with a quote and goes on after the next: put",
        ),
    ],
)
def test_lines_that_do_not_fit_are_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(tmp_path, text)
