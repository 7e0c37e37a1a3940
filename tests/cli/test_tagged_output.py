"""Tagged pictures in each form."""

import csv
import io
import json
from pathlib import Path

import pytest

from labelsphere.cli.tagged_output import open_output, write_document, write_lines, write_rows
from labelsphere.tagger import Tag
from labelsphere.tagger.tag import Tagged

FOUND = [
    Tagged(Path("a,b.png"), [Tag("sea", 0.5), Tag('"quoted", tag', -0.25)]),
    Tagged(Path("broken.png"), [], "broken.png is empty"),
    Tagged(Path("ö.png"), [Tag("Berg\nTal", 0.125)]),
]


def test_a_line_of_json_a_readable_picture() -> None:
    file = io.StringIO()
    write_lines(FOUND, file, calibrated=False)
    assert file.getvalue().count("\n") == 2
    lines = [json.loads(line) for line in file.getvalue().splitlines()]
    assert lines[0] == {
        "image": "a,b.png",
        "tags": [{"label": "sea", "score": 0.5}, {"label": '"quoted", tag', "score": -0.25}],
    }
    assert lines[1]["image"] == "ö.png"


def test_a_line_of_csv_a_tag() -> None:
    file = io.StringIO()
    write_rows(FOUND, file, calibrated=False)
    rows = list(csv.reader(io.StringIO(file.getvalue())))
    assert rows == [
        ["image", "label", "score"],
        ["a,b.png", "sea", "0.5"],
        ["a,b.png", '"quoted", tag', "-0.25"],
        ["ö.png", "Berg\nTal", "0.125"],
    ]


def test_one_document_with_what_could_not_be_read() -> None:
    file = io.StringIO()
    write_document(FOUND, file, calibrated=False)
    result = json.loads(file.getvalue())
    assert [one["image"] for one in result["tagged"]] == ["a,b.png", "ö.png"]
    assert result["unreadable"] == [{"image": "broken.png", "problem": "broken.png is empty"}]


def test_vectors_go_by_their_row() -> None:
    file = io.StringIO()
    write_rows([Tagged(7, [Tag("sea", 0.5)])], file, calibrated=False)
    assert file.getvalue() == "row,label,score\n7,sea,0.5\n"


def test_a_file_appears_when_all_is_written(tmp_path: Path) -> None:
    path = tmp_path / "tags.csv"

    def fail() -> None:
        with open_output(path) as file:
            file.write("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert list(tmp_path.iterdir()) == []
    with open_output(path) as file:
        file.write("whole\n")
        assert not path.exists()
    assert path.read_text() == "whole\n"


CALIBRATED = [
    Tagged(
        Path("a.png"),
        [
            Tag("sea", 0.5, 0.91234, True, False),
            Tag("sand", 0.7, 0.3, False, True),
            Tag("cat", -3.0, 0.001, False, False),
        ],
    )
]


def test_probabilities_stand_in_lists_by_what_they_are() -> None:
    file = io.StringIO()
    write_lines(CALIBRATED, file, calibrated=True)
    assert json.loads(file.getvalue()) == {
        "image": "a.png",
        "tags": [{"label": "sea", "probability": 0.9123}],
        "suggested": [{"label": "sand", "probability": 0.3}],
        "others": [{"label": "cat", "probability": 0.001}],
    }
    file = io.StringIO()
    write_document([Tagged(3, CALIBRATED[0].tags[:1])], file, calibrated=True)
    assert json.loads(file.getvalue())["tagged"] == [
        {"row": 3, "tags": [{"label": "sea", "probability": 0.9123}], "suggested": []}
    ]


def test_probabilities_as_csv_say_what_they_are() -> None:
    file = io.StringIO()
    write_rows(CALIBRATED, file, calibrated=True)
    assert file.getvalue().splitlines() == [
        "image,label,probability,status",
        "a.png,sea,0.9123,accepted",
        "a.png,sand,0.3,suggested",
        "a.png,cat,0.001,other",
    ]
