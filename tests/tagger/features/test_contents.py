"""Digests of contents: unchanged files are not read again, changed ones always."""

import os
import time
from pathlib import Path

import polars as pl
import pytest

from labelsphere.annotations import PictureBytes, PictureFiles
from labelsphere.tagger.features.contents import content_digest, content_digests


class Counted(PictureFiles):
    """Files that note which of them are read."""

    def __init__(self, paths: list[Path]) -> None:
        super().__init__(paths)
        self.reads: list[int] = []

    def read(self, row: int) -> bytes:
        self.reads.append(row)
        return super().read(row)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Three files that were last changed an hour ago."""
    paths = [tmp_path / f"{number}.png" for number in range(3)]
    for path in paths:
        path.write_bytes(path.name.encode())
    return paths


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the files had been written long ago: times of change cannot be set back."""
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() + 3600 * 10**9)


@pytest.mark.usefixtures("later")
def test_unchanged_files_are_read_once(files: list[Path], tmp_path: Path) -> None:
    known = tmp_path / "known.parquet"
    first, again = Counted(files), Counted(files)
    expected = [content_digest(path.read_bytes()) for path in files]
    assert content_digests(first, known) == expected
    assert sorted(first.reads) == [0, 1, 2]
    told: list[tuple[int, int]] = []
    assert content_digests(again, known, lambda *done: told.append(done)) == expected
    assert again.reads == []
    assert told[-1] == (3, 3)


@pytest.mark.usefixtures("later")
def test_a_file_of_the_same_size_and_time_is_read_again(files: list[Path], tmp_path: Path) -> None:
    known = tmp_path / "known.parquet"
    content_digests(PictureFiles(files), known)
    before = files[1].stat()
    files[1].write_bytes(b"X.png")
    os.utime(files[1], ns=(before.st_atime_ns, before.st_mtime_ns))
    assert files[1].stat().st_size == before.st_size
    again = Counted(files)
    assert content_digests(again, known)[1] == content_digest(b"X.png")
    assert again.reads == [1]


def test_a_file_that_was_just_written_is_not_trusted(files: list[Path], tmp_path: Path) -> None:
    known = tmp_path / "known.parquet"
    content_digests(PictureFiles(files), known)
    again = Counted(files)
    content_digests(again, known)
    assert sorted(again.reads) == [0, 1, 2]


@pytest.mark.usefixtures("later")
@pytest.mark.parametrize("damaged", [b"", b"text"])
def test_a_damaged_memory_is_made_again(files: list[Path], tmp_path: Path, damaged: bytes) -> None:
    known = tmp_path / "known.parquet"
    known.write_bytes(damaged)
    expected = [content_digest(path.read_bytes()) for path in files]
    assert content_digests(PictureFiles(files), known) == expected
    assert len(pl.read_parquet(known)) == 3


def test_what_cannot_be_read_has_no_digest(files: list[Path], tmp_path: Path) -> None:
    paths = [files[0], tmp_path / "missing.png", tmp_path]
    found = content_digests(PictureFiles(paths), tmp_path / "known.parquet")
    assert found == [content_digest(b"0.png"), None, None]
    assert content_digests(PictureFiles(paths), None) == found


def test_bytes_in_a_table_are_hashed() -> None:
    data = [b"a", b"b", b"a", None]
    pictures = PictureBytes(pl.Series(data, dtype=pl.Binary), ["1", "2", "3", "4"])
    found = content_digests(pictures, None)
    assert found[0] == found[2] == content_digest(b"a")
    assert len(set(found)) == 3
