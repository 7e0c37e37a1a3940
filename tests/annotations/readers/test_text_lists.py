"""Lists as Python, NumPy and JSON print them, against the lists themselves."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.annotations.readers.text_lists import looks_listed, parse_list
from labelsphere.errors import DataError

WORDS = st.lists(st.text("ab \"'\\é,[]n", max_size=6), max_size=5)


@given(WORDS)
def test_printed_lists_come_back(words: list[str]) -> None:
    forms = [repr(words), json.dumps(words), json.dumps(words, ensure_ascii=False)]
    if words:
        forms += [repr(tuple(words)), str(np.array(words, object)), f"array({words!r})"]
    for form in forms:
        assert looks_listed(form)
        assert parse_list(form) == words


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("['sky', 'sea']", ["sky", "sea"]),
        ('["sky", "sea"]', ["sky", "sea"]),
        ("['sky' 'sea']", ["sky", "sea"]),
        ("['sky'\n 'sea']", ["sky", "sea"]),
        ("  ['sky',]  ", ["sky"]),
        ("('sky', 'sea')", ["sky", "sea"]),
        ("{'sky'}", ["sky"]),
        ("[]", []),
        ("[ ]", []),
        ("[u'sky', u'sea']", ["sky", "sea"]),
        ("[np.str_('sky'), np.str_('sea')]", ["sky", "sea"]),
        ("array(['sky', 'sea'], dtype=object)", ["sky", "sea"]),
        ("frozenset({'sky'})", ["sky"]),
        ("['sky', None, nan]", ["sky"]),
        ('["caf\\u00e9", "a\\"b"]', ["café", 'a"b']),
    ],
)
def test_these_are_lists(cell: str, words: list[str]) -> None:
    assert looks_listed(cell)
    assert parse_list(cell) == words


@pytest.mark.parametrize(
    "cell",
    [
        *("sky", "[bold]", "[bold]x[/bold]", "^_^", "(:", "[sky, sea]", "{sky}", "[", "]", "()"),
        *("{}", "'sky'", '"sky"', "sky (blue)", "[1, 2]", "nan", "[nancy]", "(None)"),
    ],
)
def test_these_are_none(cell: str) -> None:
    assert not looks_listed(cell)


@pytest.mark.parametrize(
    "cell",
    [
        "['sky' ... 'sea']",
        "['sky', sea, 'x']",
        "['sky''sea', b'x', 'y']",
        "['sky' + 'sea']",
        "['sky', ['sea'], 'x']",
        "['sky', 3, 'x']",
        "['a'b'c']",
        "['sky'",
        '["sky", "se...',
    ],
)
def test_what_cannot_be_read_is_refused(cell: str) -> None:
    assert looks_listed(cell)
    with pytest.raises(DataError, match="a list written as text"):
        parse_list(cell)
