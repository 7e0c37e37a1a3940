from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from labelsphere.archive.identity import Identity
from labelsphere.archive.journal import Journal
from labelsphere.archive.retagging import retag_archive
from labelsphere.archive.sources import items_of
from labelsphere.archive.tagging import check_current, final_records, tag_archive
from labelsphere.errors import ArtefactError
from labelsphere.tagger import Tagger
from labelsphere.tagger.choosing import TagChoice

Begin = Callable[..., Journal]


@pytest.fixture
def journal(tagger: Tagger, photos: Path, tmp_path: Path, begin: Begin) -> Journal:
    """A run over the photos that keeps every tag that is accepted or suggested."""
    journal = begin(tmp_path / "run", choice=TagChoice())
    with journal.locked():
        items = items_of([photos], lambda _: None)
        tag_archive(tagger, items, journal, TagChoice(), batch_size=4, unit=5)
    return journal


def stricter(tagger: Tagger, tmp_path: Path) -> tuple[Tagger, Identity]:
    """The tagger with thresholds that every other tag never meets."""
    assert tagger.calibration is not None
    accept, suggest = tagger.calibration.accept.copy(), tagger.calibration.suggest.copy()
    accept[::2] = suggest[::2] = 1.0
    tagger.calibration = replace(tagger.calibration, accept=accept, suggest=suggest)
    tagger.save(tmp_path / "stricter")
    again = Tagger.load(tmp_path / "stricter")
    return again, Identity.of(again, tmp_path / "stricter")


def tags_of(journal: Journal) -> dict[str, set[str]]:
    return {r.name: {tag.label for tag in r.tags} for r in final_records(journal)}


def test_the_same_tagger_changes_nothing(
    tagger: Tagger, tagger_folder: Path, journal: Journal
) -> None:
    before = list(final_records(journal))
    identity = replace(Identity.of(tagger, tagger_folder), decoding="another")
    change = retag_archive(tagger, identity, journal, TagChoice())
    assert (change.pictures, change.changed) == (22, 0)
    assert list(final_records(journal)) == before


def test_other_thresholds_give_what_tagging_anew_gives(
    tagger: Tagger, photos: Path, journal: Journal, tmp_path: Path
) -> None:
    old = tags_of(journal)
    other, identity = stricter(tagger, tmp_path)
    dry = retag_archive(other, identity, journal, TagChoice(), write=False)
    assert tags_of(journal) == old
    change = retag_archive(other, identity, journal, TagChoice())
    assert (dry.changed, dry.removed) == (change.changed, change.removed)
    info = replace(journal.info, run="")
    anew = Journal.begin(tmp_path / "anew", info)
    with anew.locked():
        items = items_of([photos], lambda _: None)
        tag_archive(other, items, anew, TagChoice(), batch_size=4, unit=5)
    new = tags_of(anew)
    assert tags_of(journal) == new
    assert change.changed == sum(old[name] != new[name] for name in old) > 0
    lost = sum(len(old[name] - new[name]) for name in old)
    assert sum(change.removed.values()) == lost


def test_only_new_tags_leaves_the_others(tagger: Tagger, journal: Journal, tmp_path: Path) -> None:
    # As if the run's tagger had not known two of the labels.
    new = set(tagger.vocabulary.names[:2])
    for part in journal.parts():
        records = [
            replace(r, tags=tuple(tag for tag in r.tags if tag.label not in new))
            for r in journal.records(part)
        ]
        journal.replace(part, records)
    journal.update(labels=tuple(name for name in tagger.vocabulary if name not in new))
    before = tags_of(journal)
    other, identity = stricter(tagger, tmp_path)
    change = retag_archive(other, identity, journal, TagChoice(), only_new=True)
    assert change.removed == {}
    assert set(change.added) <= new
    assert sum(change.added.values()) > 0
    after = tags_of(journal)
    assert all(before[name] == after[name] - new for name in before)
    assert journal.info.labels == tuple(tagger.vocabulary)


def test_an_interrupted_retagging_goes_on(
    tagger: Tagger, journal: Journal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, identity = stricter(tagger, tmp_path)
    replace_part, done = Journal.replace_rows, []

    def stop(self: Journal, part: Path, rows: pl.DataFrame) -> None:
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(part)
        replace_part(self, part, rows)

    monkeypatch.setattr(Journal, "replace_rows", stop)
    with pytest.raises(KeyboardInterrupt):
        retag_archive(other, identity, journal, TagChoice())
    monkeypatch.undo()
    with pytest.raises(ArtefactError, match="was interrupted: run labelsphere retag"):
        check_current(Journal(journal.folder))
    again = Journal(journal.folder)
    assert retag_archive(other, identity, again, TagChoice()).pictures < 22
    check_current(again)


def test_runs_without_vectors_and_other_networks_are_refused(
    tagger: Tagger, tagger_folder: Path, journal: Journal, tmp_path: Path, begin: Begin
) -> None:
    identity = Identity.of(tagger, tagger_folder)
    bare = begin(tmp_path / "bare", vectors=False)
    with pytest.raises(ArtefactError, match="holds no vectors"):
        retag_archive(tagger, identity, bare, TagChoice())
    with pytest.raises(ArtefactError, match="tagged by another network"):
        retag_archive(tagger, replace(identity, model="x"), journal, TagChoice())


def test_an_identity_tells_networks_thresholds_and_preparations_apart(
    tagger: Tagger, tagger_folder: Path, tmp_path: Path
) -> None:
    one = Identity.of(tagger, tagger_folder)
    assert one == Identity.of(Tagger.load(tagger_folder), tagger_folder)
    _, other = stricter(tagger, tmp_path)
    assert (one.model, one.preparation) == (other.model, other.preparation)
    assert one.decoding != other.decoding
    next(iter(tagger.network.parameters())).data += 1
    assert Identity.of(tagger, tagger_folder).model != one.model
