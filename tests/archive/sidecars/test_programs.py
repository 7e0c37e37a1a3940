"""What photo programs show of a sidecar: the table in the documentation, and what it must hold."""

from pathlib import Path

import pytest

from labelsphere.archive.sidecars import add_to_xmp
from tests.archive.sidecars.programs import PROGRAMS, TAGS, Program, columns, table

PAGE = Path(__file__).parents[3] / "docs/how-to/sidecars.md"


def test_the_page_shows_what_is_written(documents: dict[str, bytes]) -> None:
    assert table(columns(documents)) in PAGE.read_text("utf-8")


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda one: one.name)
def test_every_program_shows_new_and_old_keywords(
    program: Program, documents: dict[str, bytes]
) -> None:
    for data in columns(documents).values():
        before = set() if data is None else {path.split("/")[-1] for path in program.shown(data)}
        after = {path.split("/")[-1] for path in program.shown(add_to_xmp(data, TAGS, "run"))}
        assert before <= after
        if program.file:
            assert {"sky", "cat"} <= after
