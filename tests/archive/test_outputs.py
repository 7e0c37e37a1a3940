"""What a run writes beside pictures and elsewhere, and taking it back."""

from collections.abc import Callable
from pathlib import Path

import pytest

from labelsphere.archive.filtering import TagFilter
from labelsphere.archive.journal import Journal
from labelsphere.archive.outputs import plan_sidecars, remove_outputs, save_sidecars, write_output
from labelsphere.archive.sidecars import xmp_tags
from labelsphere.archive.sources import items_of
from labelsphere.archive.tagging import final_records, tag_archive
from labelsphere.errors import DataError
from labelsphere.tagger import Tagger

Begin = Callable[..., Journal]


@pytest.fixture
def journal(tagger: Tagger, photos: Path, tmp_path: Path, begin: Begin) -> Journal:
    """A run over the photos."""
    journal = begin(tmp_path / "run")
    with journal.locked():
        items = items_of([photos], lambda _: None)
        tag_archive(tagger, items, journal, journal.info.choice, batch_size=8)
    return journal


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("kind", ["text", "xmp"])
def test_sidecars_are_written_and_taken_back(journal: Journal, photos: Path, kind: str) -> None:
    ending = ".txt" if kind == "text" else ".xmp"
    mine = photos / f"00{ending}"
    if kind == "text":
        mine.write_bytes(b"holiday, sky\r\n")
    before = everything(photos)
    planned = list(plan_sidecars(journal, kind, TagFilter(), "stem"))  # type: ignore[arg-type]
    assert everything(photos) == before
    assert save_sidecars(journal, iter(planned)) == 22
    after = everything(photos)
    assert {name: after[name] for name in before if name != str(mine)} == {
        name: data for name, data in before.items() if name != str(mine)
    }
    tags = {record.name: [tag.label for tag in record.tags] for record in final_records(journal)}
    for name, labels in tags.items():
        sidecar = Path(name).with_suffix(ending)
        if not labels:
            assert not sidecar.exists()
        elif kind == "xmp":
            assert set(xmp_tags(sidecar.read_bytes())) == set(labels)
        elif sidecar == mine:
            assert sidecar.read_bytes() == f"holiday, sky, {', '.join(labels)}\r\n".encode()
        else:
            assert sidecar.read_text() == ", ".join(labels) + "\n"
    # Once more adds nothing.
    again = list(plan_sidecars(journal, kind, TagFilter(), "stem"))  # type: ignore[arg-type]
    assert save_sidecars(journal, iter(again)) == 0
    assert everything(photos) == after
    undone = remove_outputs(journal)
    assert everything(photos) == before
    assert (undone.changed, undone.removed) == ((1, 21) if kind == "text" else (0, 22))


def test_what_a_person_writes_meanwhile_stays(journal: Journal, photos: Path) -> None:
    save_sidecars(journal, plan_sidecars(journal, "text", TagFilter()))
    sidecar = photos / "00.txt"
    sidecar.write_text(sidecar.read_text().rstrip() + ", mine\n")
    remove_outputs(journal)
    assert sidecar.read_text() == "mine\n"


def test_a_kill_between_record_and_sidecar_loses_nothing(
    journal: Journal, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from labelsphere.archive import sidecar_files

    before = everything(photos)
    write, done = sidecar_files._write, []

    def stop(plan: sidecar_files.SidecarPlan, run: str) -> None:
        if len(done) == 7:
            raise KeyboardInterrupt
        done.append(plan)
        write(plan, run)

    monkeypatch.setattr(sidecar_files, "_write", stop)
    with pytest.raises(KeyboardInterrupt):
        save_sidecars(journal, plan_sidecars(journal, "text", TagFilter()))
    monkeypatch.undo()
    assert save_sidecars(journal, plan_sidecars(journal, "text", TagFilter())) == 15
    remove_outputs(journal)
    assert everything(photos) == before


def test_two_pictures_of_one_sidecar_are_refused_before_anything_is_written(
    tagger: Tagger, photos: Path, tmp_path: Path, begin: Begin
) -> None:
    (photos / "00.webp").write_bytes((photos / "00.png").read_bytes())
    journal = begin(tmp_path / "twins")
    with journal.locked():
        items = items_of([photos], lambda _: None)
        tag_archive(tagger, items, journal, journal.info.choice)
    with pytest.raises(DataError, match="share the sidecar"):
        list(plan_sidecars(journal, "text", TagFilter()))
    assert list(photos.rglob("*.txt")) == []


def test_files_that_were_changed_since_stay(journal: Journal, tmp_path: Path) -> None:
    one, two = tmp_path / "one.jsonl", tmp_path / "two.csv"
    for path in (one, two):
        write_output(journal, path, TagFilter())
    assert len(one.read_text().splitlines()) == 22
    two.write_text(two.read_text() + "mine\n")
    undone = remove_outputs(Journal(journal.folder))
    assert undone.files == (one,)
    assert undone.kept == (two,)
    assert not one.exists()
    assert two.exists()
