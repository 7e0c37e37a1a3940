"""The journal's folder: parts, run.json and the lock."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from labelsphere.archive.journal import Journal
from labelsphere.archive.records import Record
from labelsphere.errors import ArtefactError

Begin = Callable[..., Journal]


def record(name: str) -> Record:
    return Record(name, name, 1, 1, True, "", ())


def test_parts_are_numbered_and_never_changed(tmp_path: Path, begin: Begin) -> None:
    journal = begin(tmp_path / "run")
    journal.add([record("a"), record("b")])
    first = journal.parts()[0]
    data = first.read_bytes()
    journal.add([record("c")])
    again = begin(tmp_path / "run")
    again.add([record("d")])
    assert [part.name for part in again.parts()] == [f"part-00000{n}.parquet" for n in (1, 2, 3)]
    assert first.read_bytes() == data
    assert [r.name for part in again.parts() for r in again.records(part)] == ["a", "b", "c", "d"]
    assert again.decoding_of(first) == journal.info.identity.decoding
    seen = {part.name: frame["name"].to_list() for part, frame in again.seen()}
    assert seen["part-000002.parquet"] == ["c"]


def test_what_a_killed_run_left_is_cleared_away(tmp_path: Path, begin: Begin) -> None:
    journal = begin(tmp_path / "run")
    left = tmp_path / "run" / ".part-000001.parquet.x.partial"
    left.touch()
    assert journal.parts() == []
    with journal.locked():
        assert not left.exists()


def test_a_run_keeps_its_name_and_remembers_changes(tmp_path: Path, begin: Begin) -> None:
    journal = begin(tmp_path / "run")
    journal.update(outputs={"/a": "hash"})
    again = begin(tmp_path / "run")
    assert again.info.run == journal.info.run != ""
    assert again.info.outputs == {"/a": "hash"}
    assert begin(tmp_path / "other").info.run != journal.info.run


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "other"}, "is 'other', version 1; expected labelsphere.run"),
        ({"format_version": 99}, "version 99; .*upgrade"),
        ({"identity": None}, "cannot be read .*start a new run"),
        (None, "cannot be read"),
    ],
)
def test_another_run_json_is_refused(
    tmp_path: Path, begin: Begin, change: dict[str, object] | None, message: str
) -> None:
    begin(tmp_path / "run")
    path = tmp_path / "run" / "run.json"
    values = json.loads(path.read_text())
    path.write_text("{" if change is None else json.dumps({**values, **change}))
    with pytest.raises(ArtefactError, match=message):
        Journal(tmp_path / "run")
    with pytest.raises(ArtefactError, match="is not a tagging run"):
        Journal(tmp_path)
