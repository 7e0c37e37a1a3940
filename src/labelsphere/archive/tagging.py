"""Tagging an archive: pictures in, a journal out, exactly once whatever stops it."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from labelsphere.archive.decoding import Decoded, decode_items
from labelsphere.archive.index import JournalIndex
from labelsphere.archive.journal import Journal
from labelsphere.archive.pixels import DecodedPictures
from labelsphere.archive.records import Record
from labelsphere.archive.sources import Item
from labelsphere.errors import ArtefactError, UsageError
from labelsphere.tagger import Tagger
from labelsphere.tagger.choosing import TagChoice, choose_tags
from labelsphere.tagger.tag import Tag

UNIT = 512
"""Pictures of a part: what a kill costs at most."""

_SECONDS = 30.0
_BATCHES_AHEAD = 2


@dataclass
class Summary:
    """What a run did.

    Attributes:
        tagged: Pictures that went through the network.
        copied: Pictures whose contents had been tagged under another name.
        before: Pictures that had been tagged before.
        unreadable: Pictures that cannot be read, each with the reason.
        seconds: Time that it took.
    """

    tagged: int = 0
    copied: int = 0
    before: int = 0
    unreadable: int = 0
    seconds: float = 0.0

    @property
    def pictures(self) -> int:
        """All pictures."""
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

    Pictures are decoded while others are in the network. Memory goes with the batch and with the
    number of names, not with the pictures' sizes.

    Args:
        tagger: Trained on pictures.
        items: The pictures.
        journal: A journal that is locked.
        choice: Which tags are kept.
        batch_size: Pictures in the network at a time.
        unit: Pictures of a part, at most.
        workers: Threads that decode; as many as there are processors if None.
        progress: Called with the number of pictures that are done.

    Returns:
        What was done, and the names of all items.

    Raises:
        UsageError: If the tagger was trained on feature vectors, or a number is below 1.
        ArtefactError: If a part cannot be written, or the run waits for the end of a retagging.
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

    def tell() -> None:
        if progress is not None:
            progress(summary.pictures)

    pending: list[Decoded] = []
    new: list[Record] = []
    written = time.monotonic()
    decoded = decode_items(
        wanted(),
        dict(tagger.preparation),
        index.knows,
        ahead=_BATCHES_AHEAD * batch_size,
        workers=workers,
    )
    for one in decoded:
        pending.append(one)
        if sum(d.pixels is not None for d in pending) < batch_size and len(pending) < unit:
            continue
        new += _records(tagger, pending, journal, index, choice, summary)
        pending = []
        tell()
        if len(new) >= unit or time.monotonic() - written > _SECONDS:
            index.add(new)
            new, written = [], time.monotonic()
    new += _records(tagger, pending, journal, index, choice, summary)
    if new:
        index.add(new)
    tell()
    summary.seconds = time.monotonic() - began
    return summary, names


def check_current(journal: Journal) -> None:
    """Refuse a journal whose tags were read off in different ways.

    Raises:
        ArtefactError: If a retagging was interrupted.
    """
    decoding = journal.info.identity.decoding
    if any(journal.decoding_of(part) != decoding for part in journal.parts()):
        raise ArtefactError(
            f"a retagging of {journal.folder} was interrupted: "
            f"run labelsphere retag {journal.folder} again"
        )


def read_tags(tagger: Tagger, points: torch.Tensor, choice: TagChoice) -> list[list[Tag]]:
    """The tags of some vectors."""
    return choose_tags(
        points,
        tagger.decoder(),
        tagger.decoder(specific=True) if choice.specific else None,
        tagger.vocabulary,
        tagger.calibration,
        choice,
    )


def _records(
    tagger: Tagger,
    decoded: list[Decoded],
    journal: Journal,
    index: JournalIndex,
    choice: TagChoice,
    summary: Summary,
) -> list[Record]:
    """Records of some pictures, in their order; those that are in the journal are left out."""
    fresh = [one for one in decoded if one.pixels is not None]
    tags: Iterator[list[Tag]] = iter(())
    vectors: Iterator[bytes] = iter(())
    if fresh:
        pixels = np.stack([one.pixels for one in fresh if one.pixels is not None])
        points = tagger.points(DecodedPictures(pixels, dict(tagger.preparation)))
        kept = points.to(torch.float16)
        if journal.info.vectors:
            # Tags are read off what is kept, so that reading them off again gives the same.
            points = kept.float()
            vectors = iter([row.tobytes() for row in kept.cpu().numpy()])
        tags = iter(read_tags(tagger, points, choice))
    records: list[Record] = []
    for one in decoded:
        item = one.item
        record = Record(
            item.name, one.content, item.size, item.changed, item.path is not None, one.problem, ()
        )
        if one.problem:
            summary.unreadable += 1
            if index.same_problem(record):
                continue
        elif one.pixels is None:
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
    """The latest record of each picture, in the order of the parts.

    Args:
        journal: The journal.
        names: Pictures that are wanted; all if None.
    """
    last: dict[str, tuple[Path, int]] = {}
    for part, frame in journal.seen():
        for row, name in enumerate(frame["name"].to_list()):
            last[name] = (part, row)
    for part in journal.parts():
        for row, record in enumerate(journal.records(part)):
            if last[record.name] == (part, row) and (names is None or record.name in names):
                yield record
