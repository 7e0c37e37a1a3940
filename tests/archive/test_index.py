"""What a journal holds already."""

from collections.abc import Callable
from pathlib import Path

from labelsphere.archive.index import JournalIndex
from labelsphere.archive.journal import Journal
from labelsphere.archive.records import Record
from labelsphere.archive.sources.item import Item, stored
from labelsphere.tagger.tag import Tag

SKY = (Tag("sky", 1.0, 0.9, True, False),)


def record(name: str, content: str, problem: str = "") -> Record:
    return Record(name, content, 5, 7, True, problem, () if problem else SKY)


def item(name: str, size: int = 5, changed: int = 7) -> Item:
    return Item(name, stored(b""), size, changed)


def test_the_same_before_and_after_it_is_read_again(
    tmp_path: Path, begin: Callable[..., Journal]
) -> None:
    journal = begin(tmp_path / "run")
    index = JournalIndex(journal)
    records = [record("a", "c1"), record("bad", "c2", "cut short"), record("twin", "c1")]
    for one in records:
        index.note(one)
    assert index.knows("c1")
    assert index.by_content("c1").name == "a"
    index.add(records)
    for known in (index, JournalIndex(journal)):
        assert known.has(item("a"))
        assert not known.has(item("a", size=6))
        assert not known.has(item("a", changed=8))
        # Within a table or tar file nothing says that a picture is unchanged.
        assert not known.has(item("a", changed=0))
        # One that could not be read is tried again.
        assert not known.has(item("bad"))
        assert not known.has(item("new"))
        assert known.knows("c1")
        assert not known.knows("c2")
        assert known.by_content("c1").tags == SKY
        assert (known.content_of("twin"), known.content_of("bad")) == ("c1", "")
        assert known.same_problem(record("bad", "c2", "another reason"))
        assert not known.same_problem(record("bad", "c3", "cut short"))
