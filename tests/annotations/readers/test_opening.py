import pytest

from labelsphere.annotations.readers.opening import delimiter_of, opening_of


@pytest.mark.parametrize(
    ("text", "header", "delimiter", "notes"),
    [
        ("image,tags\na,b\n", "image,tags", ",", 0),
        ("\n\r\nimage;tags\na;b\n", "image;tags", ";", 0),
        ("sep=;\nimage;tags\n", "image;tags", ";", 0),
        ("sep=,\r\nimage,tags\r\n", "image,tags", ",", 0),
        ('"sep=|"\nimage|tags\n', "image|tags", "|", 0),
        ("SEP=\t\nimage\ttags\n", "image\ttags", "\t", 0),
        ("# exported 2024-01-01\nimage,tags\na,b\n", "image,tags", ",", 1),
        ("# one\n# two, with a comma\nimage,tags\na,b\n", "image,tags", ",", 1),
        ("#image\ttags\na\tb\n", "#image\ttags", "\t", 0),
        ("# note\nsep=;\nimage;tags\n", "image;tags", ";", 1),
        ("image|tags\n", "image|tags", "|", 0),
        ("tags\n", "tags", ",", 0),
        ("My export\nimage,tags\na,b\n", "image,tags", ",", 1),
        ("My export,,\n,,\nimage,tags,note\na,b,\n", "image,tags,note", ",", 1),
        ("% exported\n// by hand\nimage;label\n", "image;label", ";", 1),
        ("My export\na,b\n", "My export", ",", 0),
        ("sep=,\nimage;tags\na;b\n", "image;tags", ";", 1),
    ],
)
def test_the_column_names_are_found(text: str, header: str, delimiter: str, notes: int) -> None:
    opening = opening_of(text)
    assert text[opening.start :].splitlines()[0] == header
    assert opening.delimiter == delimiter
    assert opening.lines == text[: opening.start].count("\n")
    assert len(opening.notes) == notes


def test_comments_are_counted() -> None:
    notes = opening_of("# a\n# b\nimage,tags\n").notes
    assert notes == ("2 lines that begin with # above the column names skipped",)


def test_a_tab_comes_first_and_a_bar_last() -> None:
    assert [delimiter_of(line) for line in ("a\tb,c", "a,b;c", "a;b|c", "a|b", "a")] == [
        "\t",
        ",",
        ";",
        "|",
        ",",
    ]
