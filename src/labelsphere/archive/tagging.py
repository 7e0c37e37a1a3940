"""Tagging of an archive into a journal: each picture once, across interruptions."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import polars as pl
import torch

from labelsphere.archive.index import JournalIndex
from labelsphere.archive.journal import Journal
from labelsphere.archive.records import Record
from labelsphere.archive.sources import Item
from labelsphere.archive.vectors import EncodedItem, encode_items
from labelsphere.errors import ArtefactError, UsageError
from labelsphere.tagger import Tagger
from labelsphere.tagger.choosing import TagChoice, choose_tags
from labelsphere.tagger.chosen import ChosenTags
from labelsphere.tagger.tag import Tag

UNIT = 512
"""Pictures per part: the largest number that is tagged again after a kill."""

_SECONDS = 30.0
_SCORED = 256
"""Pictures whose tags are decoded at a time, in one product."""

_ALONE = 1
"""Batch size at which results do not depend on the other pictures of the batch."""


@dataclass
class Summary:
    """Counts of a run.

    Attributes:
        tagged: Number of pictures that went through the network.
        copied: Number of pictures whose contents were tagged under another name.
        before: Number of pictures that were tagged before.
        unreadable: Number of pictures that cannot be read.
        seconds: Elapsed time.
    """

    tagged: int = 0
    copied: int = 0
    before: int = 0
    unreadable: int = 0
    seconds: float = 0.0

    @property
    def pictures(self) -> int:
        """Number of all pictures."""
        return self.tagged + self.copied + self.before + self.unreadable


def tag_archive(
    tagger: Tagger,
    items: Iterable[Item],
    journal: Journal,
    choice: TagChoice,
    *,
    batch_size: int = 64,
    unit: int = UNIT,
    workers: int | None = None,
    progress: Callable[[int], None] | None = None,
) -> tuple[Summary, set[str]]:
    """Tag pictures and write them into a journal, part by part.

    Pictures are decoded while others are in the network. Memory grows with the batch size and the
    number of names, not with the size of the pictures. On a CPU, a batch has at most
    `labelsphere.archive.vectors.PROCESSOR_BATCH` pictures.

    Args:
        tagger: Tagger of pictures.
        items: The pictures.
        journal: A locked journal.
        choice: Choice of the tags to keep.
        batch_size: Pictures per batch. With 1, an interrupted run gives the same bits as an
            uninterrupted one; otherwise the last digits of scores depend on the other pictures of
            a batch.
        unit: Largest number of pictures per part.
        workers: Number of threads; PyTorch's number if None.
        progress: Called with the number of finished pictures.

    Returns:
        The summary, and the names of all items.

    Raises:
        UsageError: If the tagger was trained on feature vectors, or a number is below 1.
        ArtefactError: If a part cannot be written, or a retagging was interrupted.
    """
    if tagger.takes_features:
        raise UsageError("this tagger was trained on feature vectors and cannot read pictures")
    if batch_size < 1 or unit < 1:
        raise UsageError(f"batch size and unit must be 1 or more, but got {batch_size} and {unit}")
    check_current(journal)
    began = time.monotonic()
    index = JournalIndex(journal)
    summary, names = Summary(), set[str]()

    def wanted() -> Iterator[Item]:
        for item in items:
            names.add(item.name)
            if index.has(item):
                summary.before += 1
            else:
                yield item

    pending: list[EncodedItem] = []
    new: list[Record] = []
    written = time.monotonic()

    def read_off() -> None:
        new.extend(_records(tagger, pending, journal, index, choice, summary))
        pending.clear()

    def report() -> None:
        if progress is not None:
            progress(summary.pictures + len(pending))

    scored = _ALONE if batch_size == _ALONE else min(unit, _SCORED)
    for some in encode_items(
        tagger, wanted(), index.knows, batch_size=min(batch_size, unit), workers=workers
    ):
        pending += some
        report()
        late = time.monotonic() - written > _SECONDS
        if len(pending) < scored and not late:
            continue
        read_off()
        if len(new) >= unit or late:
            index.add(new)
            new, written = [], time.monotonic()
    read_off()
    if new:
        index.add(new)
    report()
    summary.seconds = time.monotonic() - began
    return summary, names


def check_current(journal: Journal) -> None:
    """Refuse a journal in which only some parts were retagged.

    Raises:
        ArtefactError: If a retagging was interrupted.
    """
    decoding = journal.info.identity.decoding
    if any(journal.decoding_of(part) != decoding for part in journal.parts()):
        raise ArtefactError(
            f"a retagging of {journal.folder} was interrupted: "
            f"run labelsphere retag {journal.folder} again"
        )


def read_tags(tagger: Tagger, points: torch.Tensor, choice: TagChoice) -> ChosenTags:
    """Decode the tags of vectors, (images, width) on the network's device."""
    return choose_tags(
        points,
        tagger.decoder(),
        tagger.decoder(specific=True) if choice.specific else None,
        tagger.calibration,
        choice,
    )


def _records(
    tagger: Tagger,
    pointed: list[EncodedItem],
    journal: Journal,
    index: JournalIndex,
    choice: TagChoice,
    summary: Summary,
) -> list[Record]:
    """Make records of pictures, in their order, without those that are in the journal."""
    fresh = [one.point for one in pointed if one.point is not None]
    tags: Iterator[list[Tag]] = iter(())
    vectors: Iterator[bytes] = iter(())
    if fresh:
        points = torch.stack(fresh)
        if journal.info.vectors:
            # Decode the rounded vectors that are stored, so that retagging gives the same tags.
            kept = points.to(torch.float16)
            points = kept.float()
            vectors = iter([row.tobytes() for row in kept.numpy()])
        device = next(tagger.network.parameters()).device
        tags = iter(read_tags(tagger, points.to(device), choice).tags(tagger.vocabulary))
    records: list[Record] = []
    for one in pointed:
        item = one.item
        record = Record(
            item.name, one.content, item.size, item.changed, item.path is not None, one.problem, ()
        )
        if one.problem:
            summary.unreadable += 1
            if index.same_problem(record):
                continue
        elif one.point is None:
            same = index.by_content(one.content)
            if index.content_of(item.name) == one.content:
                summary.before += 1
                continue
            summary.copied += 1
            record = replace(record, tags=same.tags, vector=same.vector)
        else:
            summary.tagged += 1
            record = replace(record, tags=tuple(next(tags)), vector=next(vectors, b""))
        records.append(record)
        index.note(record)
    return records


def final_records(journal: Journal, names: set[str] | None = None) -> Iterator[Record]:
    """Yield the latest record of each picture, in the order of the parts.

    Args:
        journal: The journal.
        names: Names of the wanted pictures; all if None.
    """
    parts, columns = [], [pl.Series(dtype=pl.String)]
    for part, frame in journal.seen():
        parts.append(part)
        columns.append(frame["name"])
    latest = pl.concat(columns).is_last_distinct()
    start = 0
    for part, column in zip(parts, columns[1:], strict=True):
        kept = latest[start : start + len(column)].to_list()
        start += len(column)
        for record, last in zip(journal.records(part), kept, strict=True):
            if last and (names is None or record.name in names):
                yield record
