"""Tagging an archive: every picture once, whatever stops it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from labelsphere.archive.journal import Journal
from labelsphere.archive.sources import items_of
from labelsphere.archive.tagging import Summary, final_records, tag_archive
from labelsphere.errors import ArtefactError
from labelsphere.tagger import Tagger
from labelsphere.tagger.choosing import TagChoice
from labelsphere.tagger.tagging import tag_pictures

Begin = Callable[..., Journal]


def tag(tagger: Tagger, journal: Journal, *paths: Path, unit: int = 5, batch: int = 4) -> Summary:
    with journal.locked():
        items = items_of(list(paths), lambda _: None)
        choice = journal.info.choice
        return tag_archive(tagger, items, journal, choice, batch_size=batch, unit=unit)[0]


def counts(summary: Summary) -> tuple[int, int, int, int]:
    return summary.tagged, summary.copied, summary.before, summary.unreadable


@pytest.mark.parametrize("batch", [1, 4, 100])
@pytest.mark.parametrize("vectors", [True, False])
def test_tags_are_those_of_tagging_one_by_one(
    tagger: Tagger, photos: Path, tmp_path: Path, begin: Begin, batch: int, vectors: bool
) -> None:
    journal = begin(tmp_path / "run", vectors=vectors)
    assert counts(tag(tagger, journal, photos, batch=batch)) == (22, 0, 0, 1)
    found = list(final_records(journal))
    paths = [Path(record.name) for record in found]
    assert len(found) == 23
    for record, one in zip(found, tag_pictures(tagger, paths, TagChoice(3)), strict=True):
        assert bool(record.problem) == bool(one.problem)
        ours = {tag.label: tag.probability for tag in record.tags}
        theirs = {tag.label: tag.probability for tag in one.tags}
        # Vectors are rounded to 11 bits.
        assert ours == pytest.approx(theirs, abs=2e-3 if vectors else 1e-5)
        assert bool(record.vector) == (vectors and not record.problem)


def test_what_is_done_is_not_done_again(
    tagger: Tagger, photos: Path, tmp_path: Path, begin: Begin
) -> None:
    tag(tagger, begin(tmp_path / "run"), photos)
    before = sorted((tmp_path / "run").iterdir())
    journal = begin(tmp_path / "run")
    assert counts(tag(tagger, journal, photos)) == (0, 0, 22, 1)
    assert sorted((tmp_path / "run").iterdir()) == before


def test_moved_copied_and_changed_files(
    tagger: Tagger, photos: Path, tmp_path: Path, begin: Begin
) -> None:
    tag(tagger, begin(tmp_path / "run"), photos)
    old = {record.name: record.tags for record in final_records(begin(tmp_path / "run"))}
    (photos / "00.png").rename(photos / "moved.png")
    shutil.copy(photos / "03.png", photos / "copy.png")
    (photos / "06.png").write_bytes((photos / "09.png").read_bytes() + b"x")
    os.utime(photos / "12.png", ns=(1, 1))
    journal = begin(tmp_path / "run")
    assert counts(tag(tagger, journal, photos)) == (1, 2, 20, 1)
    new = {record.name: record.tags for record in final_records(journal)}
    assert new[str(photos / "moved.png")] == old[str(photos / "00.png")]
    assert new[str(photos / "copy.png")] == old[str(photos / "03.png")]
    assert len(list(final_records(journal, {str(photos / "moved.png")}))) == 1


def test_copies_within_one_run_are_tagged_alike(
    tagger: Tagger, photos: Path, tmp_path: Path, begin: Begin
) -> None:
    (photos / "twin").mkdir()
    for path in photos.glob("*.png"):
        shutil.copy(path, photos / "twin" / path.name)
    journal = begin(tmp_path / "run")
    tag(tagger, journal, photos)
    tags = {record.name: record.tags for record in final_records(journal)}
    for path in photos.glob("*.png"):
        assert tags[str(path)] == tags[str(photos / "twin" / path.name)]


def test_a_picture_that_is_mended_is_tagged(
    tagger: Tagger, photos: Path, tmp_path: Path, begin: Begin
) -> None:
    tag(tagger, begin(tmp_path / "run"), photos)
    shutil.copy(photos / "00.png", photos / "cut.png")
    journal = begin(tmp_path / "run")
    assert counts(tag(tagger, journal, photos)) == (0, 1, 22, 0)
    assert not any(record.problem for record in final_records(journal))


def test_two_processes_do_not_work_on_one_run(tmp_path: Path, begin: Begin) -> None:
    journal = begin(tmp_path / "run")
    code = "import sys; from pathlib import Path; from labelsphere.archive.journal import Journal\n"
    code += "with Journal(Path(sys.argv[1])).locked(): pass"
    with journal.locked():
        done = subprocess.run(
            [sys.executable, "-c", code, str(journal.folder)],
            capture_output=True,
            text=True,
            check=False,
        )
    assert "another process is working" in done.stderr


def test_a_full_disk_ends_with_one_error_and_goes_on_later(
    tagger: Tagger, photos: Path, tmp_path: Path, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    tag(tagger, begin(tmp_path / "whole"), photos)
    journal = begin(tmp_path / "run")
    add, written = Journal.add, []

    def full(self: Journal, records: list) -> None:
        written.append(len(records))
        if len(written) == 3:
            import resource

            before = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
            try:
                add(self, records)
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, before)
        add(self, records)

    monkeypatch.setattr(Journal, "add", full)
    with pytest.raises(ArtefactError, match=r"cannot be written .*free some space"):
        tag(tagger, journal, photos)
    monkeypatch.undo()
    assert len(journal.parts()) == 2
    again = tag(tagger, begin(tmp_path / "run"), photos)
    assert again.before + again.unreadable == sum(written[:2])
    assert list(final_records(journal)) == list(final_records(begin(tmp_path / "whole")))


def test_another_tagger_or_choice_is_refused(tmp_path: Path, begin: Begin) -> None:
    begin(tmp_path / "run")
    with pytest.raises(ArtefactError, match="another choice of tags"):
        begin(tmp_path / "run", choice=TagChoice(2))
    with pytest.raises(ArtefactError, match="begun with vectors"):
        begin(tmp_path / "run", vectors=False)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").touch()
    with pytest.raises(ArtefactError, match="holds other files than a tagging run"):
        begin(tmp_path / "mine")


def test_a_damaged_part_is_named(
    tagger: Tagger, photos: Path, tmp_path: Path, begin: Begin
) -> None:
    journal = begin(tmp_path / "run")
    tag(tagger, journal, photos)
    part = journal.parts()[1]
    part.write_bytes(part.read_bytes()[:100])
    with pytest.raises(ArtefactError, match=rf"{part.name} is damaged .*remove it"):
        list(final_records(journal))


def test_killed_at_any_moment_it_ends_as_an_undisturbed_run(
    tagger_folder: Path, photos: Path, tmp_path: Path
) -> None:
    script = Path(__file__).with_name("killed_runs.py")
    # The long form: make kills.
    kills = os.environ.get("LABELSPHERE_KILLS", "3")
    done = subprocess.run(
        [sys.executable, str(script), str(tagger_folder), str(photos), str(tmp_path), kills],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"killed {kills} times" in done.stdout
    sys.stdout.write(done.stdout)


@pytest.mark.parametrize("done", [1, 2, 5])
def test_a_continued_run_has_the_bits_of_an_undisturbed_one(
    tagger: Tagger, photos: Path, tmp_path: Path, begin: Begin, done: int
) -> None:
    whole, again = begin(tmp_path / "whole"), begin(tmp_path / "run")
    tag(tagger, whole, photos, batch=1, unit=2)
    some = [Path(record.name) for record in final_records(whole)][:done]
    tag(tagger, again, *some, batch=1, unit=2)
    tag(tagger, again, photos, batch=1, unit=2)
    assert list(final_records(again)) == list(final_records(whole))
