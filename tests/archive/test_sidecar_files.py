"""Plans of sidecars, writing them, and the record by which they are taken back."""

from pathlib import Path

import polars as pl
import pytest

from labelsphere.archive.sidecar_files import plan_sidecar_files, remove_sidecars, write_sidecars
from labelsphere.errors import ArtefactError, DataError
from labelsphere.tagger.tag import Tag

TAGS = [Tag("sky", 1.0, 0.9, True, False), Tag("cat", 0.5, 0.8, True, False)]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "photos" / "a.jpg"
    path.parent.mkdir()
    path.write_bytes(b"picture")
    return path


def test_a_plan_says_what_is_missing_and_writes_nothing(picture: Path) -> None:
    picture.with_suffix(".txt").write_text("Sky, cat\n")
    (plan,) = plan_sidecar_files([(picture, TAGS, {})], "text")
    assert (plan.added, plan.created) == (("sky",), False)
    (plan,) = plan_sidecar_files([(picture, TAGS, {"cat": ("animal",)})], "xmp")
    assert plan.sidecar == picture.with_name("a.jpg.xmp")
    assert (plan.added, plan.created) == (("sky", "cat"), True)
    assert plan.tags[1].parents == ("animal",)
    assert sorted(path.name for path in picture.parent.iterdir()) == ["a.jpg", "a.txt"]


@pytest.mark.parametrize("kind", ["text", "xmp"])
def test_the_record_is_there_before_the_sidecar(picture: Path, tmp_path: Path, kind: str) -> None:
    run = tmp_path / "run"
    run.mkdir()
    planned = list(plan_sidecar_files([(picture, TAGS, {})], kind))  # type: ignore[arg-type]
    assert write_sidecars(planned, run, "r1") == 1
    (record,) = run.glob("sidecars-*.parquet")
    row = pl.read_parquet(record).row(0, named=True)
    assert row == {
        "sidecar": str(planned[0].sidecar),
        "kind": kind,
        "added": ["sky", "cat"],
        "created": True,
    }
    assert picture.read_bytes() == b"picture"
    # Nothing is missing now, so nothing is written or put on record.
    again = list(plan_sidecar_files([(picture, TAGS, {})], kind))  # type: ignore[arg-type]
    assert write_sidecars(again, run, "r1") == 0
    assert remove_sidecars(run, "r1") == (0, 1)
    assert not planned[0].sidecar.exists()
    assert remove_sidecars(run, "r1") == (0, 0)


def test_a_sidecar_that_cannot_be_read_is_named(picture: Path) -> None:
    picture.with_suffix(".txt").write_bytes(b"caf\xe9")
    with pytest.raises(DataError, match=r"a\.txt is not UTF-8"):
        list(plan_sidecar_files([(picture, TAGS, {})], "text"))
    picture.with_name("a.jpg.xmp").write_text("<a>")
    with pytest.raises(DataError, match=r"a\.jpg\.xmp: "):
        list(plan_sidecar_files([(picture, TAGS, {})], "xmp"))


@pytest.mark.parametrize("kind", ["text", "xmp"])
def test_what_cannot_be_written_is_counted_after_all_others(
    picture: Path, tmp_path: Path, kind: str
) -> None:
    run = tmp_path / "run"
    run.mkdir()
    other = picture.with_name("b.jpg")
    pictures = [(picture, TAGS, {}), (other, TAGS, {})]
    planned = list(plan_sidecar_files(pictures, kind))  # type: ignore[arg-type]
    # A folder in the sidecar's place cannot be replaced, by the super-user neither.
    planned[0].sidecar.mkdir()
    with pytest.raises(ArtefactError, match=r"1 of 2 sidecars cannot be written; .*a\."):
        write_sidecars(planned, run, "r1")
    assert planned[1].sidecar.is_file()
    planned[0].sidecar.rmdir()
    again = list(plan_sidecar_files(pictures, kind))  # type: ignore[arg-type]
    assert write_sidecars(again, run, "r1") == 1
    assert remove_sidecars(run, "r1") == (0, 2)
