"""Every verb that reads a table of tags takes the same options of it."""

import inspect
from importlib import import_module

import pytest

from labelsphere.cli.verbs import VERBS, load_verb

READERS = [
    verb
    for verb in VERBS
    if "TableOptions" in inspect.getsource(import_module(f"labelsphere.cli.{verb}"))
]


@pytest.mark.parametrize("verb", READERS)
def test_a_tag_called_none_can_be_kept(verb: str) -> None:
    assert "keep" in {parameter.name for parameter in load_verb(verb).params}


def test_there_are_such_verbs() -> None:
    assert {"inspect", "train", "embed", "count"} <= set(READERS)
