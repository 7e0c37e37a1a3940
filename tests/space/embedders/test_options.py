"""Options are read off signatures, and text becomes what a signature says."""

from typing import Any

import numpy as np
import pytest

from labelsphere.errors import UsageError
from labelsphere.space.embedders import EMBEDDERS, Embedder, Embedding
from labelsphere.space.embedders.options import check_options, parse_option


def embedder(
    tags: Any,
    dim: int | None = None,
    *,
    needed: str,
    table: np.ndarray,
    count: int = 3,
    share: float = 0.5,
    flag: bool = False,
    path: str | None = None,
) -> Embedding:
    """With options of every kind."""
    raise AssertionError


OWN = Embedder("m", embedder, "With options of every kind.")


def test_the_options_are_what_can_only_be_given_by_name() -> None:
    names = ["needed", "table", "count", "share", "flag", "path"]
    assert list(OWN.options) == names


def test_a_measures_own_options_stand_beside_the_exponent() -> None:
    assert list(EMBEDDERS["pmi"].options) == ["exponent", "limit"]
    shifted = EMBEDDERS["shifted"].options
    assert list(shifted) == ["exponent", "limit", "shift"]
    assert shifted["shift"].default == 5.0


def test_needed_options_must_be_there_and_others_need_not() -> None:
    check_options(OWN, {"needed": "x", "table": None})
    check_options(OWN, {"needed": "x", "table": None, "flag": True})
    with pytest.raises(UsageError, match="method 'm' needs the option 'table'"):
        check_options(OWN, {"needed": "x"})
    with pytest.raises(UsageError, match="'m' has no option 'cuont'; its options: needed, table,"):
        check_options(OWN, {"needed": "x", "table": None, "cuont": 1})


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("needed", "a+b=c, d", "a+b=c, d"),
        ("path", "7", "7"),
        ("count", "7", 7),
        ("share", "7", 7.0),
        ("share", "-1e-3", -0.001),
        ("flag", "True", True),
        ("flag", "false", False),
    ],
)
def test_text_becomes_the_declared_type(name: str, text: str, value: object) -> None:
    given = parse_option(OWN, name, text)
    assert (given, type(given)) == (value, type(value))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("count", "2.5", "count must be a whole number, but got '2.5'"),
        ("share", "half", "share must be a number, but got 'half'"),
        ("flag", "1", "flag must be true or false, but got '1'"),
        ("table", "x.npy", "table of 'm' is no text or number"),
        ("cuont", "1", "'m' has no option 'cuont'"),
    ],
)
def test_text_of_another_type_is_refused(name: str, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        parse_option(OWN, name, text)
