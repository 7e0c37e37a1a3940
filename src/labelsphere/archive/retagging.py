"""Reading tags off the vectors of a run again, without opening a picture."""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from labelsphere.archive.identity import Identity
from labelsphere.archive.journal import Journal
from labelsphere.archive.records import Record, vectors_of
from labelsphere.archive.tagging import read_tags
from labelsphere.errors import ArtefactError, UsageError
from labelsphere.tagger import Tagger
from labelsphere.tagger.choosing import TagChoice
from labelsphere.tagger.inputs.threads import map_ahead
from labelsphere.tagger.tag import Tag


@dataclass
class Change:
    """What retagging changed.

    Attributes:
        pictures: Pictures whose tags were read off again.
        changed: Pictures whose tags differ.
        added: How many pictures got a tag, by tag.
        removed: How many pictures lost a tag, by tag.
        seconds: Time that it took.
    """

    pictures: int
    changed: int
    added: dict[str, int]
    removed: dict[str, int]
    seconds: float = 0.0


def retag(
    tagger: Tagger,
    identity: Identity,
    journal: Journal,
    choice: TagChoice,
    *,
    only_new: bool = False,
    write: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Change:
    """Read the tags of a run's pictures off their vectors again.

    Part after part is replaced; an interrupted retagging goes on where it was.

    Args:
        tagger: The tagger with other labels or thresholds.
        identity: Its identity.
        journal: A journal that is locked.
        choice: Which tags are kept.
        only_new: Whether to keep the tags that are there, and add those alone that the run's
            tagger did not have.
        write: Whether to change the journal, or only tell what would change.
        progress: Called with the parts that are done, and all.

    Raises:
        ArtefactError: If the run has no vectors, or the tagger has another network.
        UsageError: If the tagger needs other vectors.
    """
    began = time.monotonic()
    _check(identity, journal)
    before = frozenset(journal.info.labels)
    if write:
        # From here on, tagging waits until every part has been done.
        journal.update(identity=replace(journal.info.identity, decoding=identity.decoding))
    change = Change(0, 0, {}, {})
    parts = journal.parts()

    def read(part: Path) -> tuple[Path, list[Record], list[Record]]:
        if journal.decoding_of(part) == identity.decoding:
            return part, [], []
        records = journal.records(part)
        return part, records, _again(tagger, records, choice, before if only_new else None)

    # Arithmetic and Parquet leave the interpreter's lock to other threads.
    for done, (part, records, again) in enumerate(
        map_ahead(read, parts, os.cpu_count() or 1), start=1
    ):
        for old, new in zip(records, again, strict=True):
            _count(change, old, new)
        if write and again:
            journal.replace(part, again)
        if progress is not None:
            progress(done, len(parts))
    if write:
        calibrated = tagger.calibration is not None and not choice.raw
        journal.update(labels=tuple(tagger.vocabulary), calibrated=calibrated)
    change.seconds = time.monotonic() - began
    return change


def _check(identity: Identity, journal: Journal) -> None:
    if not journal.info.vectors:
        raise ArtefactError(
            f"{journal.folder} holds no vectors: tag the pictures again, with --vectors"
        )
    if journal.info.identity.model != identity.model:
        raise ArtefactError(
            f"{journal.folder} was tagged by another network: its vectors say nothing to this "
            "tagger; tag the pictures again"
        )
    if journal.info.identity.preparation != identity.preparation:
        raise UsageError("the tagger prepares pictures in another way than the run did")


def _again(
    tagger: Tagger, records: list[Record], choice: TagChoice, before: frozenset[str] | None
) -> list[Record]:
    rows = [row for row, one in enumerate(records) if one.vector]
    found = list(records)
    if not rows:
        return found
    device = next(tagger.network.parameters()).device
    points = torch.from_numpy(vectors_of([records[row] for row in rows])).to(device)
    for row, tags in zip(rows, read_tags(tagger, points, choice), strict=True):
        chosen = tuple(tags)
        if before is not None:
            kept = records[row].tags
            chosen = (*kept, *(tag for tag in tags if tag.label not in before))
        found[row] = replace(records[row], tags=chosen)
    return found


def _count(change: Change, old: Record, new: Record) -> None:
    if not new.vector:
        return
    change.pictures += 1
    there, now = _names(old.tags), _names(new.tags)
    change.changed += there != now
    for counts, names in ((change.added, now - there), (change.removed, there - now)):
        for name in names:
            counts[name] = counts.get(name, 0) + 1


def _names(tags: tuple[Tag, ...]) -> set[str]:
    return {tag.label for tag in tags}
