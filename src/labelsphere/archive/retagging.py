"""Decoding the tags of a run again from its saved vectors, without opening pictures."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import polars as pl
import torch

from labelsphere.archive.identity import Identity
from labelsphere.archive.journal import Journal
from labelsphere.archive.records import SCHEMA, tag_columns, vectors_of
from labelsphere.archive.tagging import read_tags
from labelsphere.errors import ArtefactError, UsageError
from labelsphere.tagger import Tagger
from labelsphere.tagger.choosing import TagChoice
from labelsphere.tagger.inputs.threads import map_ahead
from labelsphere.tagger.single_thread import one_thread


@dataclass
class Change:
    """Changes made by retagging.

    Attributes:
        pictures: Pictures whose tags were decoded again.
        changed: Pictures whose tags differ.
        added: Number of pictures that got a tag, by tag.
        removed: Number of pictures that lost a tag, by tag.
        seconds: Elapsed time.
    """

    pictures: int
    changed: int
    added: dict[str, int]
    removed: dict[str, int]
    seconds: float = 0.0


def retag_archive(
    tagger: Tagger,
    identity: Identity,
    journal: Journal,
    choice: TagChoice,
    *,
    only_new: bool = False,
    write: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Change:
    """Decode the tags of a run's pictures again from their vectors.

    Parts are replaced one after another; an interrupted retagging continues where it stopped.

    Args:
        tagger: Tagger with other labels or thresholds.
        identity: Identity of the tagger.
        journal: A locked journal.
        choice: Choice of the tags to keep.
        only_new: Whether to keep existing tags and add only labels that the run's tagger lacked.
        write: Whether to change the journal; otherwise only count the changes.
        progress: Called with the number of finished parts, and of all.

    Raises:
        ArtefactError: If the run has no vectors, or the tagger has another network.
        UsageError: If the tagger prepares pictures differently, or probabilities and scores mix.
    """
    began = time.monotonic()
    _check(identity, journal)
    calibrated = tagger.calibration is not None and not choice.raw
    if only_new and calibrated != journal.info.calibrated:
        raise UsageError(
            "the run and the tagger must both have probabilities, or both raw scores, to combine "
            "old and new tags: leave out --only-new-tags"
        )
    before = frozenset(journal.info.labels)
    if write:
        # From here on, tagging is refused until all parts are done.
        journal.update(identity=replace(journal.info.identity, decoding=identity.decoding))
    total = _Counts()
    parts = journal.parts()
    tagger.decoder()  # Built once, before several threads ask for it.
    names = pl.Series(list(tagger.vocabulary), dtype=pl.String)

    def work(part: Path) -> _Counts:
        torch.set_num_threads(1)
        if journal.decoding_of(part) == identity.decoding:
            return _Counts()
        old = journal.rows(part)
        new = _again(tagger, names, old, choice, before if only_new else None)
        if write:
            decoding = pl.lit(identity.decoding).alias("decoding")
            journal.replace_rows(part, new.with_columns(decoding))
        return _compared(old, new)

    # Arithmetic and Parquet release the interpreter lock.
    with one_thread():
        for done, counts in enumerate(map_ahead(work, parts, torch.get_num_threads()), start=1):
            total.add(counts)
            if progress is not None:
                progress(done, len(parts))
    if write:
        journal.update(labels=tuple(tagger.vocabulary), calibrated=calibrated)
    change = Change(total.pictures, total.changed, dict(total.added), dict(total.removed))
    change.seconds = time.monotonic() - began
    return change


def _check(identity: Identity, journal: Journal) -> None:
    if not journal.info.vectors:
        raise ArtefactError(
            f"{journal.folder} holds no vectors: tag the pictures again, with --vectors"
        )
    if journal.info.identity.model != identity.model:
        raise ArtefactError(
            f"{journal.folder} was tagged by another network, whose vectors do not fit this "
            "tagger; tag the pictures again"
        )
    if journal.info.identity.preparation != identity.preparation:
        raise UsageError(
            "the tagger resizes or normalises pictures differently from the run; tag them again"
        )


def _again(
    tagger: Tagger,
    names: pl.Series,
    rows: pl.DataFrame,
    choice: TagChoice,
    before: frozenset[str] | None,
) -> pl.DataFrame:
    """Decode the tags of a part's rows again; rows without a vector are unchanged."""
    has_vector = rows["vector"].bin.size() > 0
    found = rows.filter(has_vector)
    if not len(found):
        return rows
    device = next(tagger.network.parameters()).device
    points = torch.from_numpy(vectors_of(found)).to(device)
    columns = tag_columns(read_tags(tagger, points, choice), names)
    if before is not None:
        there = names.is_in(list(before))
        columns = _after(found, columns, names.filter(~there))
    again = found.with_columns(columns)
    if len(found) == len(rows):
        return again
    numbers = np.concatenate([np.flatnonzero(has_vector), np.flatnonzero(~has_vector)])
    return pl.concat([again, rows.filter(~has_vector)])[np.argsort(numbers)]


def _after(rows: pl.DataFrame, columns: list[pl.Series], wanted: pl.Series) -> list[pl.Series]:
    """Return existing tags, followed by new tags of the wanted labels."""
    order = list(SCHEMA)
    found = pl.DataFrame(columns).with_row_index("row")
    lists = [name for name in ("scores", "probabilities", "levels") if found[name].list.len().sum()]
    flat = found.select("row", "labels", *lists).explode("labels", *lists)
    flat = flat.filter(pl.col("labels").is_in(wanted.to_list()))
    grouped = flat.group_by("row", maintain_order=True).agg("labels", *lists)
    added = found.select("row").join(grouped, on="row", how="left", maintain_order="left")
    both = []
    for name in order:
        if name == "labels" or name in lists:
            new = added[name].fill_null([])
            joined = pl.DataFrame([rows[name].alias("old"), new.alias("new")])
            both.append(joined.select(pl.concat_list("old", "new").alias(name)).to_series())
    return both


@dataclass
class _Counts:
    """Counts of tags that differ between two versions of rows."""

    pictures: int = 0
    changed: int = 0
    added: Counter[str] = field(default_factory=Counter)
    removed: Counter[str] = field(default_factory=Counter)

    def add(self, other: "_Counts") -> None:
        """Add other counts."""
        self.pictures += other.pictures
        self.changed += other.changed
        self.added.update(other.added)
        self.removed.update(other.removed)


def _compared(old: pl.DataFrame, new: pl.DataFrame) -> _Counts:
    """Compare the tags of rows that have a vector."""
    before, after = _pairs(old), _pairs(new)
    added = after.join(before, on=["row", "labels"], how="anti")
    removed = before.join(after, on=["row", "labels"], how="anti")
    return _Counts(
        int((old["vector"].bin.size() > 0).sum()),
        pl.concat([added["row"], removed["row"]]).n_unique(),
        Counter(dict(added["labels"].value_counts().iter_rows())),
        Counter(dict(removed["labels"].value_counts().iter_rows())),
    )


def _pairs(rows: pl.DataFrame) -> pl.DataFrame:
    """Return row numbers and tags of rows that have a vector, one line per tag."""
    found = rows.select("labels", "vector").with_row_index("row")
    found = found.filter(pl.col("vector").bin.size() > 0).select("row", "labels")
    return found.explode("labels").drop_nulls("labels")
