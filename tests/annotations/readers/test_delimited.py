from pathlib import Path

import pytest

from labelsphere.annotations.readers.delimited import read_delimited, read_delimited_chunks
from labelsphere.annotations.readers.opening import delimiter_of
from labelsphere.annotations.readers.raw import ChunkOptions, RawTable, ReadOptions
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
        ("image tags\na b\n", "has one column, 'image tags'; expected a first line of several"),
        ("image,tags,\na,x,y\n", "1 value to the right of the last column name, such as 'y'"),
        (
            'image,tags,note\na.jpg,x,"hi\nb.jpg,y,ok\nc.jpg,z,so"\nd.jpg,x,\n',
            "line 2: a quote there is not closed, .* such as that of 'b.jpg'",
        ),
        ('image,tags\na,"x,y\n', "line 2: the quote before .* is never closed: put"),
        (
            'image,tags\na,x\nb,"y"z\n',
            "line 3: the cell .* begins with a quote and continues after the next: put",
        ),
    ],
)
def test_lines_that_do_not_fit_are_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(tmp_path, text)


def notes(folder: Path, text: str, **options: str) -> tuple[str, ...]:
    return read(folder, text, **options).notes


def test_lines_with_fewer_fields_are_told(tmp_path: Path) -> None:
    assert notes(tmp_path, "image,tags\na,x\n\nb\nc,y\nd\n") == (
        "2 lines have fewer fields than the header, such as line 4; the others count as empty",
    )


@pytest.mark.parametrize("text", ["image,tags\na,x,\nb,y\n", "image,tags,,\na,x,,\n,,,\n"])
def test_empty_fields_at_the_end_do_no_harm(tmp_path: Path, text: str) -> None:
    table = read(tmp_path, text)
    assert table.tags["tag"].to_list()[0] == "x"
    assert table.columns.width == 0
    assert table.notes == ()


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ("image,tags,tags", "2 columns of the name 'tags'"),
        ("image,Image,tags", "2 columns of the name 'image'"),
        ("image,label,tags,Label ", "2 columns of the name 'label'"),
        ("image,tags,tags,tags", "3 columns of the name 'tags'"),
    ],
)
def test_two_columns_of_one_name_are_refused(tmp_path: Path, header: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(tmp_path, f"{header}\n{','.join('abcd'[: header.count(',') + 1])}\n")


def test_other_columns_of_one_name_are_told(tmp_path: Path) -> None:
    table = read(tmp_path, "image,tags,note,note\na,x,1,2\n")
    assert table.columns.row(0) == ("1", "2")
    assert table.notes == ("several columns of one name, numbered from the second on: 'note'",)


@pytest.mark.parametrize("blank", ["", "\n\n", '"x\n\ny",z\n', "# note\n", "sep=,\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_places_are_lines_of_the_file(tmp_path: Path, blank: str, end: str) -> None:
    above = blank if blank.startswith(("#", "sep")) else ""
    rows = blank if not above else ""
    text = f"{above}image,tags\n{rows}a,sky\n,tree\n"
    line = text[: text.index(",tree")].count("\n") + 1
    with pytest.raises(DataError, match=rf"tags.csv line {line}: no image in column 'image'"):
        read(tmp_path, text.replace("\n", end))
    chunks = ChunkOptions(chunk_bytes=12)
    with pytest.raises(DataError, match=rf"tags.csv line {line}: no image in column 'image'"):
        list(read_delimited_chunks(tmp_path / "tags.csv", ReadOptions(), chunks))


@pytest.mark.parametrize(
    ("number", "value"), [("0,9", 0.9), ("0.9", 0.9), (",5", 0.5), ("1", 1.0), ("1,0", 1.0)]
)
def test_a_comma_may_be_a_decimal_point(tmp_path: Path, number: str, value: float) -> None:
    table = read(tmp_path, f"image;label;confidence\na;sky;{number}\n")
    assert table.tags.rows() == [(0, "sky", value)]


@pytest.mark.parametrize(
    "header",
    [
        *("image_name,tags", "fname,labels", "Filename,Labels", "img_path,tag", "#image,tags"),
        *("filepath,class_name", "Image Index,tags", "image_url,keywords", "image_file,category"),
    ],
)
def test_names_that_competitions_use(tmp_path: Path, header: str) -> None:
    table = read(tmp_path, f"{header}\na.jpg,sky\n")
    assert table.image_ids.to_list() == ["a.jpg"]
    assert table.tags["tag"].to_list() == ["sky"]


@pytest.mark.parametrize("folder", ["folder", "directory", "Dir", "subfolder"])
@pytest.mark.parametrize("name", ["filename", "file_name", "image name"])
def test_files_of_one_name_in_two_folders_are_two(tmp_path: Path, folder: str, name: str) -> None:
    text = f"{folder},{name},label\ncats,1.jpg,cat\ndogs/,1.jpg,dog\n,1.jpg,bird\n"
    table = read(tmp_path, text)
    assert table.image_ids.to_list() == ["cats/1.jpg", "dogs/1.jpg", "1.jpg"]
    assert table.paths is not None
    assert table.paths.to_list() == table.image_ids.to_list()
    assert f"image ids are made of '{folder}' and '{name}'" in table.notes


@pytest.mark.parametrize(
    ("scores", "kept"),
    [(["5.6", "6.1"], False), (["85", "90"], False), (["-1", "0.5"], False), (["0.5", "1"], True)],
)
def test_a_score_outside_0_to_1_is_no_confidence(
    tmp_path: Path, scores: list[str], kept: bool
) -> None:
    rows = "".join(f"{image},sky,{score}\n" for image, score in zip("ab", scores, strict=True))
    table = read(tmp_path, "image,label,score\n" + rows)
    assert ("confidence" in table.tags) == kept
    assert ("score" in table.columns) != kept
    assert any("is not read as a confidence" in note for note in table.notes) != kept


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('image,note,tags\na,"hi,sky\nb,x,sea\nc,y",tree\nd,z,car\n', "such as line 2"),
        ('image,note,tags\na,x,sky\nb,"y,sea\nc,z",car\n', "such as line 3"),
        ('image,tags\n"a,sky\nb",sea\nc,car\n', "such as line 2"),
        ('image,note,tags\na,"one line\nand more",sky\nb,x,sea\n', None),
        ('image,note,tags\na,"one, two\nthree\nfour",sky\nb,x,sea\n', None),
        ('image,note,tags\na,"x, y",sky\n', None),
    ],
)
def test_rows_within_a_cell_are_told(tmp_path: Path, text: str, told: str | None) -> None:
    found = [note for note in notes(tmp_path, text) if "look like a row" in note]
    assert len(found) == (told is not None)
    assert told is None or told in found[0]


@pytest.mark.parametrize("again", ["image,tags,n", "\ufeffimage,tags,n", ' image , "tags",n\r'])
def test_column_names_within_a_table_are_no_image(tmp_path: Path, again: str) -> None:
    text = f"image,tags,n\na,x,1\n\n{again}\nb,y,2\n{again}\nimage,tags,3\n"
    (tmp_path / "t.csv").write_text(text)
    table = read_delimited(tmp_path / "t.csv", ReadOptions())
    assert table.image_ids.to_list() == ["a", "b", "image"]
    assert table.tags.rows() == [(0, "x"), (1, "y"), (2, "tags")]
    assert table.notes == ("2 rows repeat the column names, such as line 4, and are left out",)
    chunks = list(
        read_delimited_chunks(tmp_path / "t.csv", ReadOptions(), ChunkOptions(chunk_bytes=16))
    )
    assert [name for chunk in chunks for name in chunk.image_ids] == ["a", "b", "image"]
    assert sum("repeat" in note for chunk in chunks for note in chunk.notes) >= 1


def test_the_first_row_is_an_image_even_if_it_repeats_the_column_names(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("image,tag\nimage,tag\na.jpg,sky\nimage,tag\n")
    table = read_delimited(tmp_path / "t.csv", ReadOptions())
    assert table.image_ids.to_list() == ["image", "a.jpg"]
    assert table.notes[0].startswith("1 row repeats the column names, such as line 4")


def test_the_faulty_line_is_named_after_repeated_column_names(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("image,tags\na,x\nimage,tags\nb,y\n,z\n")
    with pytest.raises(DataError, match="line 5: no image"):
        read_delimited(tmp_path / "t.csv", ReadOptions())
