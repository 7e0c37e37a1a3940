"""Index of a journal by names and by contents."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from labelsphere.archive.journal import Journal
from labelsphere.archive.records import Record
from labelsphere.archive.sources import Item


class _Seen(NamedTuple):
    content: str
    size: int
    changed: int
    problem: bool


class JournalIndex:
    """Index of the pictures that have been tagged.

    Takes 100 to 200 bytes of memory per picture.

    Args:
        journal: The journal; new records are written through the index.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._names: dict[str, _Seen] = {}
        self._places: dict[str, tuple[Path, int]] = {}
        self._unwritten: dict[str, Record] = {}
        self._records = lru_cache(maxsize=4)(journal.records)
        for part, frame in journal.seen():
            for row, (name, content, size, changed, problem) in enumerate(frame.iter_rows()):
                self._names[name] = _Seen(content, size, changed, bool(problem))
                if content and not problem:
                    self._places.setdefault(content, (part, row))

    def has(self, item: Item) -> bool:
        """Return whether a file of this name is tagged and unchanged; its contents are not read."""
        seen = self._names.get(item.name)
        return (
            seen is not None
            and item.changed > 0
            and (seen.size, seen.changed) == (item.size, item.changed)
            and not seen.problem
        )

    def knows(self, content: str) -> bool:
        """Return whether contents with this hash have been tagged."""
        return content in self._places or content in self._unwritten

    def by_content(self, content: str) -> Record:
        """Return a record of contents that have been tagged."""
        if content in self._unwritten:
            return self._unwritten[content]
        part, row = self._places[content]
        return self._records(part)[row]

    def content_of(self, name: str) -> str:
        """Return the hash with which a name was tagged; empty if it was not."""
        seen = self._names.get(name)
        return "" if seen is None or seen.problem else seen.content

    def same_problem(self, record: Record) -> bool:
        """Return whether an unusable picture is recorded as unusable, with the same contents."""
        seen = self._names.get(record.name)
        return seen is not None and seen.problem and seen.content == record.content

    def note(self, record: Record) -> None:
        """Add a record that will be written."""
        self._names[record.name] = _Seen(
            record.content, record.size, record.changed, bool(record.problem)
        )
        if record.content and not record.problem:
            self._unwritten.setdefault(record.content, record)

    def add(self, records: list[Record]) -> None:
        """Write records as a part of the journal."""
        self._journal.add(records)
        part = self._journal.parts()[-1]
        for row, record in enumerate(records):
            if record.content and not record.problem:
                self._places.setdefault(record.content, (part, row))
        self._unwritten.clear()
