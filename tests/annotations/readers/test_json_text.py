import json

import pytest

from labelsphere.annotations.readers.json_text import check_keys, parse_json, shortened
from labelsphere.errors import DataError


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "t column 2: not valid JSON"),
        ("[1,\n2,\n}", "t line 3 column 1: not valid JSON"),
        ("[" * 100_000 + "]" * 100_000, "t: nested too deep"),
        ("1" * 5000, "t: not readable as JSON"),
        ("", "t column 1: not JSON, but "),
        ("image,tags\na,b\n", "t column 1: not JSON, but 'image,tags'; .*argument `format` csv"),
        ('{"a": "b', "t column 7: not valid JSON: Unterminated string; it looks cut off"),
        ('{"a": 1}{"a": 2}', "more text follows the value"),
        ('{"a": [1, 2', "it looks cut off"),
    ],
)
def test_faults_name_their_place(text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        parse_json(text, "t")


def test_keys_given_twice_are_found_in_the_outermost_object() -> None:
    value = parse_json('{"a": 1, "b": {"c": 1, "c": 2}}', "t")
    check_keys(value, "t")
    with pytest.raises(DataError, match="key 'c' is given twice"):
        check_keys(value["b"], "t")


def test_values_are_cut_to_a_message() -> None:
    assert shortened(["é"]) == '["é"]'
    assert len(shortened("x" * 100)) == 60
    assert shortened("\ud800") == '"\\ud800"'


@pytest.mark.parametrize(
    ("text", "key"),
    [('{"a": 1, "b": 2, "a": 3}', "a"), ('{"b": 1, "b": 1, "a": 2, "a": 2}', "b"), ("{}", None)],
)
def test_a_repeated_key_is_refused(text: str, key: str | None) -> None:
    value = parse_json(text, "here")
    assert value == json.loads(text)
    if key is None:
        check_keys(value, "here")
        return
    with pytest.raises(DataError, match=f"^here: key '{key}' is given twice; expected each key"):
        check_keys(value, "here")
