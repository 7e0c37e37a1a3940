"""The table of verbs and the modules behind it."""

import pytest

from labelsphere.cli.verbs import VERBS, WORK, load_verb


def test_every_verb_is_in_the_table_once() -> None:
    assert sum(len(verbs) for verbs in WORK.values()) == len(VERBS)


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_loads_with_its_line_and_examples(name: str) -> None:
    command = load_verb(name)
    assert (command.name, command.short_help) == (name, VERBS[name])
    assert f"labelsphere {name}" in command.help
