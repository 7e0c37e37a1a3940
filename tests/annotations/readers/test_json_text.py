import pytest

from labelsphere.annotations.readers.json_text import parse_json, repeated_key, shortened
from labelsphere.errors import DataError


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "t column 2: no JSON"),
        ("[1,\n2,\n}", "t line 3 column 1: no JSON"),
        ("[" * 100_000 + "]" * 100_000, "t: nested too deep"),
        ("1" * 5000, "t: no JSON that can be read"),
        ("", "t column 1: no JSON"),
        ("image,tags\na,b\n", "t column 1: no JSON, but 'image,tags'; .*argument `format` csv"),
        ('{"a": "b', "t column 7: no JSON: Unterminated string; it looks cut off"),
        ('{"a": 1}{"a": 2}', "something follows the value"),
        ('{"a": [1, 2', "it looks cut off"),
    ],
)
def test_faults_name_their_place(text: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        parse_json(text, "t")


def test_keys_given_twice_are_found_in_the_outermost_object() -> None:
    assert repeated_key('{"a": 1, "b": {"c": 1, "c": 2}}') is None
    assert repeated_key('{"tags": ["a"], "tags": ["b"]}') == "tags"


def test_values_are_cut_to_a_message() -> None:
    assert shortened(["é"]) == '["é"]'
    assert len(shortened("x" * 100)) == 60
    assert shortened("\ud800") == '"\\ud800"'
