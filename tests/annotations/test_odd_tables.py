"""Tables that are not what they seem: read where that is clear, else refused with the reason."""

import json
from pathlib import Path

import pytest

from labelsphere.annotations import Annotations, stream_annotations
from labelsphere.errors import DataError

REFUSED = [
    ("a.csv", '{"image": "a", "tags": ["sky"]}\n', "is JSON; .*argument `format` jsonl"),
    ("a.csv", '[{"image": "a"}]', "is JSON; .*argument `format` json"),
    ("a.csv", '<?xml version="1.0"?><a/>', "is XML"),
    ("a.csv", "<<<<<<< HEAD\nimage,tags\na,sky\n", "marks of a git conflict"),
    ("a.csv", "image,sky,sea\na,yes,no\nb,no,yes\n", "looks like a one-hot table"),
    ("a.csv", "image,sky,sea\na,0.3,0.7\nb,0.1,0.9\n", "this looks like scores, a column for"),
    ("a.csv", "image,label,confidence\na,sky,85\n", "divide percentages by 100"),
    ("a.csv", "image,label,confidence\na,sky,inf\n", "outside 0 to 1"),
    ("a.csv", "image,label,confidence\na,sky,1.01\n", "outside 0 to 1"),
    ("a.csv", "image,label,confidence\na,sky,85%\n", "line 2: 'confidence' is '85%'"),
    ("a.json", "[]", "has no rows"),
    ("a.json", "[{}]", "has no rows"),
    ("a.json", '{"sky": ["a.jpg", "b.jpg"], "sea": ["a.jpg"]}', "tags as keys"),
    ("a.jsonl", '{"id": 1, "tag_string_general": "a b"}', "`tag_column` tag_string_general"),
    ("a.jsonl", '{"image": "a", "tags": {"general": {"sky": 1}}}', "line 1: 'tags' is"),
    ("a.jsonl", '{"image": "a", "tags": ["sky", {"label": "sea"}]}', "line 1: 'tags' is"),
]


@pytest.mark.parametrize(("name", "text", "message"), REFUSED)
def test_the_reason_is_told(tmp_path: Path, name: str, text: str, message: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        Annotations.read(tmp_path / name)
    with pytest.raises(DataError, match=message):
        list(stream_annotations(tmp_path / name).chunks())


@pytest.mark.parametrize(
    ("cells", "mark"),
    [
        (["sky，sea", "sky"], "，"),
        (["sky、sea"], "、"),
        (["سماء، بحر"], "،"),
        (["sky；sea"], "；"),
    ],
)
def test_commas_of_other_scripts_are_suspected(tmp_path: Path, cells: list[str], mark: str) -> None:
    rows = [{"image": str(n), "tags": cell} for n, cell in enumerate(cells)]
    (tmp_path / "t.json").write_text(json.dumps(rows), encoding="utf-8")
    notes = Annotations.read(tmp_path / "t.json").report.notes
    assert [f"hold {mark!r}" in note for note in notes] == [True]


def test_a_confidence_may_be_above_one_by_rounding(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("image,label,confidence\na,sky,1.0000001\n")
    assert Annotations.read(tmp_path / "t.csv").matrix.data.tolist() == [1.0]


def test_a_row_without_confidences_is_sure(tmp_path: Path) -> None:
    rows = [
        {"image": "a", "tags": ["sky", "sea"], "scores": None},
        {"image": "b", "tags": ["sky"], "scores": [0.5]},
        {"image": "c", "tags": None, "scores": None},
    ]
    (tmp_path / "t.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    assert Annotations.read(tmp_path / "t.jsonl").matrix.toarray().tolist() == [
        [1.0, 1.0],
        [0.0, 0.5],
        [0.0, 0.0],
    ]


@pytest.mark.parametrize("end", ["\0\0\0", "\x1a", '"b\nc",x\n'])
def test_ids_of_control_characters_are_told(tmp_path: Path, end: str) -> None:
    (tmp_path / "t.csv").write_text("image,tags\na,sky\n" + end, encoding="utf-8")
    tags = Annotations.read(tmp_path / "t.csv")
    told = "1 image id holds a line end or another control character, such as in line 3"
    assert told in tags.report.notes
