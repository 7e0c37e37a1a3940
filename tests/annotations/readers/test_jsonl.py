from pathlib import Path

import pytest

from labelsphere.annotations.readers.jsonl import read_jsonl
from labelsphere.annotations.readers.raw import RawTable, ReadOptions
from labelsphere.errors import DataError


def read(folder: Path, *lines: str) -> RawTable:
    file = folder / "tags.jsonl"
    file.write_bytes("\n".join(lines).encode())
    return read_jsonl(file, ReadOptions())


def test_lines_are_objects_with_lists_of_tags(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        '\ufeff{"image": "a", "tags": ["sky", null, " sea "], "split": "train"}',
        "",
        '{"tags": [], "image": "b"}\r',
        '{"image": "c", "tags": null, "n": 3}',
        '{"image": "d"}',
    )
    assert table.image_ids.to_list() == ["a", "b", "c", "d"]
    assert table.tags.rows() == [(0, "sky"), (0, "sea")]
    assert table.columns.to_dict(as_series=False) == {
        "split": ["train", None, None, None],
        "n": [None, None, 3, None],
    }
    assert table.rows == 4


def test_tags_may_be_text_or_one_a_line(tmp_path: Path) -> None:
    table = read(tmp_path, '{"image": "a", "tags": "sky, sea"}')
    assert table.tags.rows() == [(0, "sky"), (0, "sea")]
    table = read(
        tmp_path,
        '{"image": "a", "label": "sky, blue", "score": 0.5}',
        '{"image": "a", "label": "sea", "score": 1}',
    )
    assert table.tags.rows() == [(0, "sky, blue", 0.5), (0, "sea", 1.0)]


def test_ids_may_be_numbers_and_further_columns_anything(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        '{"id": 1, "tags": ["x"], "extra": [1], "size": 99999999999999999999999}',
        '{"id": 2, "tags": ["x"], "extra": "one", "size": 1}',
    )
    assert table.image_ids.to_list() == ["1", "2"]
    assert table.columns["extra"].to_list() == ["[1]", "one"]
    assert table.columns["size"].to_list() == ["99999999999999999999999", "1"]


GOOD = '{"image": "a", "tags": ["x"]}'


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ([""], "is empty"),
        ([GOOD, '{"image": "b"'], "line 2 column 14: not valid JSON: Expecting ',' delimiter"),
        ([GOOD, "", '["b"]'], r'line 3: expected an object such as .*, but got \["b"\]'),
        ([GOOD, "null"], "line 2: expected an object"),
        (
            [GOOD, '{"image": "b", "tags": [1]}'],
            r"line 2: 'tags' is \[1\]; expected a list of text",
        ),
        ([GOOD, '{"image": "b", "tags": {"x": "y"}}'], "line 2: 'tags' is {"),
        ([GOOD, '{"image": "b", "tags": 5}'], "line 2: 'tags' is 5; expected a list of text"),
        (
            [GOOD, '{"image": "b", "tags": null}', '{"image": "c", "tags": "xy"}'],
            "line 3: 'tags' is \"xy\"; expected, as in the lines before, a list of text",
        ),
        (
            ['{"image": "c", "tags": "xy"}', GOOD],
            r"line 2: 'tags' is \[\"x\"\]; expected, as in the lines before, text",
        ),
        ([GOOD, '{"image": "b", "tags": ["\\ud800"]}'], "line 2: 'tags' holds half a surrogate"),
        (['{"image": "a"}'], "no column is recognised as the tags"),
        (['{"tags": ["a"]}'], "no column is recognised as the image"),
    ],
)
def test_lines_that_do_not_fit_are_named(tmp_path: Path, lines: list[str], message: str) -> None:
    with pytest.raises(DataError, match=message):
        read(tmp_path, *lines)


def test_a_long_value_is_shortened(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read(tmp_path, '{"image": "a", "tags": [' + ", ".join(["1"] * 500) + "]}")
    assert len(str(caught.value)) < 250 + len(str(tmp_path))


def test_objects_over_several_lines_are_told(tmp_path: Path) -> None:
    file = tmp_path / "tags.jsonl"
    file.write_text('{\n "image": "a",\n "tags": ["x"]\n}\n')
    with pytest.raises(DataError, match="line 1: the object spans several lines"):
        read_jsonl(file, ReadOptions())
