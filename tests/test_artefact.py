import errno
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from safetensors.numpy import save_file

from labelsphere.artefact import (
    check_free,
    check_free_file,
    new_file,
    new_folder,
    read_config,
    saved_kind,
    write_config,
)
from labelsphere.errors import ArtefactError
from labelsphere.version import __version__


class StopError(Exception):
    pass


def write_and_stop(path: Path) -> None:
    path.write_text("half")
    raise StopError


def contents(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_folder_stands_when_the_block_ends(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "space"
    with new_folder(target) as folder:
        (folder / "a.txt").write_text("A")
        assert not target.exists()
    assert contents(tmp_path) == {"deep/space/a.txt": "A"}


OLD = '{"format": "labelsphere.label_space"}'


def save_old(target: Path) -> None:
    target.mkdir()
    (target / "config.json").write_text(OLD)
    (target / "old.txt").write_text("old")


@pytest.mark.parametrize("config", [None, "{", "[]", '{"model_type": "bert"}'])
def test_overwriting_spares_what_was_not_saved_here(tmp_path: Path, config: str | None) -> None:
    (tmp_path / "letters.txt").write_text("mine")
    if config is not None:
        (tmp_path / "config.json").write_text(config)
    before = contents(tmp_path)
    with (
        pytest.raises(ArtefactError, match="did not save"),
        new_folder(tmp_path, overwrite=True),
    ):
        pytest.fail("nothing may be written")
    assert contents(tmp_path) == before


def test_a_block_that_fails_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "space"
    with pytest.raises(StopError), new_folder(target) as folder:
        write_and_stop(folder / "a.txt")
    assert list(tmp_path.iterdir()) == []


def test_a_block_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    target = tmp_path / "space"
    save_old(target)
    with pytest.raises(StopError), new_folder(target, overwrite=True) as folder:
        write_and_stop(folder / "a.txt")
    assert contents(tmp_path) == {"space/config.json": OLD, "space/old.txt": "old"}
    assert [path.name for path in tmp_path.iterdir()] == ["space"]


def test_a_folder_is_replaced_whole_and_only_if_allowed(tmp_path: Path) -> None:
    target = tmp_path / "space"
    save_old(target)
    with pytest.raises(ArtefactError, match="is not empty"), new_folder(target):
        pytest.fail("nothing may be written")
    with new_folder(target, overwrite=True) as folder:
        (folder / "new.txt").write_text("new")
    assert contents(tmp_path) == {"space/new.txt": "new"}
    assert [path.name for path in tmp_path.iterdir()] == ["space"]


def test_a_folder_that_cannot_take_its_place_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "space"
    save_old(target)
    rename = Path.rename

    def refuse(self: Path, to: Path) -> Path:
        if self.suffix == ".partial":
            raise OSError(errno.ENOSPC, "no space", str(self), None, str(to))
        return rename(self, to)

    monkeypatch.setattr(Path, "rename", refuse)
    with (
        pytest.raises(ArtefactError, match=r"cannot be written \(No space"),
        new_folder(target, overwrite=True) as folder,
    ):
        (folder / "new.txt").write_text("new")
    assert contents(tmp_path) == {"space/config.json": OLD, "space/old.txt": "old"}


def test_an_empty_folder_is_free_and_a_file_is_not(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    check_free(tmp_path / "empty")
    check_free(tmp_path / "none")
    (tmp_path / "file").touch()
    with pytest.raises(ArtefactError, match="is a file; expected a folder"):
        check_free(tmp_path / "file", overwrite=True)
    with new_folder(tmp_path / "empty") as folder:
        (folder / "a.txt").write_text("A")
    assert contents(tmp_path / "empty") == {"a.txt": "A"}


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "report.json"
    with new_file(target) as file:
        file.write_text("one")
        assert not target.exists()
    with pytest.raises(StopError), new_file(target) as file:
        write_and_stop(file)
    with new_file(target):
        pass
    assert contents(tmp_path) == {"deep/report.json": "one"}


def test_settings_come_back(tmp_path: Path) -> None:
    write_config(tmp_path, "label_space", 3, {"dim": 8, "name": "Bäume"})
    assert "Bäume" in (tmp_path / "config.json").read_text(encoding="utf-8")
    assert read_config(tmp_path, "label_space", 3) == {
        "format": "labelsphere.label_space",
        "format_version": 3,
        "labelsphere": __version__,
        "dim": 8,
        "name": "Bäume",
    }


def test_no_nan_is_written(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        write_config(tmp_path, "label_space", 1, {"value": float("nan")})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "has no config.json; expected a folder saved as labelsphere.label_space"),
        ("{", "cannot be read"),
        ("\xff", "cannot be read"),
        ("[1]", "holds None; expected 'labelsphere.label_space'"),
        ('{"format": "labelsphere.tagger", "format_version": 1}', "holds 'labelsphere.tagger'"),
        ('{"format": "labelsphere.label_space"}', "has format version None"),
        ('{"format": "labelsphere.label_space", "format_version": 2}', "version 2, .* up to 1"),
    ],
)
def test_other_folders_are_refused(tmp_path: Path, text: str | None, message: str) -> None:
    if text is not None:
        (tmp_path / "config.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(ArtefactError, match=message):
        read_config(tmp_path, "label_space", 1)


def test_no_folder_is_told_from_one_without_settings(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match=r"none is not a folder; expected"):
        read_config(tmp_path / "none", "label_space", 1)


def test_settings_are_readable_json(tmp_path: Path) -> None:
    write_config(tmp_path, "tagger", 1, {})
    text = (tmp_path / "config.json").read_text()
    assert text.endswith("}\n")
    assert list(json.loads(text)) == ["format", "format_version", "labelsphere"]


def test_what_a_folder_was_saved_as(tmp_path: Path) -> None:
    write_config(tmp_path, "label_space", 1, {})
    assert saved_kind(tmp_path) == "label_space"
    for text in ("{", "[]", '{"format": "other.thing"}', "{}"):
        (tmp_path / "config.json").write_text(text)
        assert saved_kind(tmp_path) is None
    assert saved_kind(tmp_path / "none") is None


@contextmanager
def files_of_at_most(size: int) -> Iterator[None]:
    """No file may grow beyond this many bytes: what a full disk does, and needs no disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def write_text(path: Path) -> None:
    path.write_text("x" * 1_000_000)


def write_array(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, np.zeros(200_000))


def write_safetensors(path: Path) -> None:
    save_file({"a": np.zeros(200_000)}, path)


def write_parquet(path: Path) -> None:
    pl.DataFrame({"a": np.random.default_rng(0).random(200_000)}).write_parquet(path)


def write_csv(path: Path) -> None:
    pl.DataFrame({"a": np.random.default_rng(0).random(200_000)}).write_csv(path)


def fill_file(target: Path, write: Callable[[Path], None]) -> None:
    with new_file(target) as path:
        write(path)


def fill_folder(target: Path, write: Callable[[Path], None]) -> None:
    with new_folder(target) as path:
        write(path / "big")


WRITES = [write_text, write_array, write_safetensors, write_parquet, write_csv]


@pytest.mark.parametrize("write", WRITES)
@pytest.mark.parametrize("kind", ["file", "folder"])
def test_a_full_disk_is_told_whoever_writes_and_nothing_is_left(
    tmp_path: Path, write: Callable[[Path], None], kind: str
) -> None:
    target = tmp_path / "out"
    fill = fill_file if kind == "file" else fill_folder
    with (
        files_of_at_most(100_000),
        pytest.raises(ArtefactError, match=r"out cannot be written \(.*\): free some space, or"),
    ):
        fill(target, write)
    assert list(tmp_path.iterdir()) == []


def test_what_stood_there_stays_when_the_disk_is_full(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("old")
    with files_of_at_most(1000), pytest.raises(ArtefactError), new_file(tmp_path / "a.txt") as path:
        write_text(path)
    assert contents(tmp_path) == {"a.txt": "old"}


def test_an_error_of_the_work_is_no_error_of_writing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), new_folder(tmp_path / "out"):
        (tmp_path / "elsewhere" / "in.txt").read_text()
    with pytest.raises(ZeroDivisionError), new_file(tmp_path / "out"):
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("check", [check_free, check_free_file])
def test_a_place_that_cannot_be_written_is_refused_before_the_work(
    tmp_path: Path, check: Callable[[Path], None]
) -> None:
    (tmp_path / "file").touch()
    check(tmp_path / "deep" / "down" / "out")
    with pytest.raises(ArtefactError, match="file is a file; expected a folder"):
        check(tmp_path / "file" / "out")
    with files_of_at_most(0), pytest.raises(ArtefactError, match="free some space"):
        check(tmp_path / "out")
    with pytest.raises(ArtefactError, match=r"cannot be written .*give another path"):
        check(Path("/proc/out"))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_is_read_only_is_refused_before_the_work(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    for check in (check_free, check_free_file):
        with pytest.raises(ArtefactError, match=r"Permission denied\): give another path"):
            check(tmp_path / "out")
    tmp_path.chmod(0o700)


def test_devices_and_pipes_are_never_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", Path("/dev/null")):
        with pytest.raises(ArtefactError, match="device or pipe"):
            check_free_file(path, overwrite=True)
        with pytest.raises(ArtefactError, match="is a file; expected a folder"):
            check_free(path, overwrite=True)


@pytest.mark.parametrize("name", ["o" * 255, "海" * 85, "o" * 240 + ".partial"])
def test_a_name_may_be_as_long_as_the_system_allows(tmp_path: Path, name: str) -> None:
    with new_file(tmp_path / name) as file:
        file.write_text("A")
    assert contents(tmp_path) == {name: "A"}
    (tmp_path / name).unlink()
    with new_folder(tmp_path / name) as folder:
        (folder / "a").write_text("A")
    assert contents(tmp_path) == {f"{name}/a": "A"}


def test_a_killed_writer_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("old")
    code = (
        "import os, sys, signal; from labelsphere.artefact import new_file\n"
        "with new_file(sys.argv[1]) as file:\n"
        "    file.write_text('half'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "a.txt")], check=False)
    assert done.returncode == -9
    assert (tmp_path / "a.txt").read_text() == "old"
