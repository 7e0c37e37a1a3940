"""Names with variations are split, and what is none is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.errors import UsageError
from labelsphere.variations import split_variations

WORDS = st.text("abcdefghij-_.0123456789", min_size=1)


@given(WORDS, st.dictionaries(WORDS, st.text("abc=/.,0123456789"), max_size=4))
def test_what_is_joined_is_split_again(name: str, values: dict[str, str]) -> None:
    text = " + ".join([name, *(f"{key}={value}" for key, value in values.items())])
    assert split_variations(text, "method", [name], example="") == (name, values)


def test_the_last_value_of_a_key_counts() -> None:
    assert split_variations("few+a=1+a=2", "protocol", ["few"], example="")[1] == {"a": "2"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("half", "protocol must be one of full, few, but got 'half'"),
        ("", "protocol must be one of full, few, but got ''"),
        ("few+", "a variation must be key=value, but got ''; example: few[+]a=1"),
        ("few+a", "a variation must be key=value, but got 'a'"),
        ("few+=1", "a variation must be key=value, but got '=1'"),
    ],
)
def test_what_is_no_variation_is_refused(text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        split_variations(text, "protocol", ["full", "few"], example="few+a=1")
