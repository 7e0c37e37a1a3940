"""Dataclasses survive the way through JSON."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.json_types import from_json, to_json

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)


@dataclass(frozen=True)
class Inner:
    name: str
    value: float


@dataclass(frozen=True)
class Outer:
    count: int
    inner: Inner
    several: tuple[Inner, ...]
    by_name: Mapping[str, Mapping[str, float]]
    drawn: tuple[float | None, ...]
    maybe: Inner | None = None
    more: Mapping[str, tuple[Inner, ...]] = field(default_factory=dict)


INNER = st.builds(Inner, st.text(), NUMBERS)
OUTER = st.builds(
    Outer,
    st.integers(),
    INNER,
    st.lists(INNER).map(tuple),
    st.dictionaries(st.text(), st.dictionaries(st.text(), NUMBERS)),
    st.lists(st.none() | NUMBERS).map(tuple),
    st.none() | INNER,
    st.dictionaries(st.text(), st.lists(INNER).map(tuple)),
)


@given(OUTER)
def test_what_is_written_is_read_back(value: Outer) -> None:
    assert from_json(Outer, json.loads(json.dumps(to_json(value)))) == value


def test_unknown_keys_are_ignored_and_missing_ones_refused() -> None:
    assert from_json(Inner, {"name": "a", "value": 1, "later": True}) == Inner("a", 1.0)
    assert isinstance(from_json(Inner, {"name": "a", "value": 1}).value, float)
    with pytest.raises(TypeError, match="value"):
        from_json(Inner, {"name": "a"})


@pytest.mark.parametrize("value", [[], "text", 3, None])
def test_anything_but_an_object_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="expected a dict"):
        from_json(Inner, value)
