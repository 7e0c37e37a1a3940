"""Pipes are read as the files that they stand for."""

import os
import threading
from pathlib import Path

import polars as pl
import pytest

from labelsphere.annotations import Annotations, stream_annotations
from labelsphere.annotations.pipes import Spool, is_pipe
from labelsphere.errors import UsageError

CSV = b"image,tags\na,sky\nb,sea\n"
JSON = b'{"image": "a", "tags": ["sky"]}\n{"image": "b", "tags": ["sea"]}\n'


def pipe(folder: Path, name: str, data: bytes) -> Path:
    """A named pipe that a thread writes into once."""
    path = folder / name
    os.mkfifo(path)
    threading.Thread(target=path.write_bytes, args=(data,), daemon=True).start()
    return path


def parquet(folder: Path) -> bytes:
    file = folder / "whole.parquet"
    pl.DataFrame({"image": ["a", "b"], "tags": [["sky"], ["sea"]]}).write_parquet(file)
    return file.read_bytes()


@pytest.mark.parametrize(
    ("name", "format"), [("a.csv", None), ("b.jsonl", None), ("c", "csv"), ("d.json", None)]
)
def test_a_pipe_is_read_whole_and_in_chunks(tmp_path: Path, name: str, format: str | None) -> None:
    data = JSON if "json" in name else CSV
    assert Annotations.read(pipe(tmp_path, name, data), format=format).n_images == 2
    # A stream reads twice: for the labels, and for the images.
    stream = stream_annotations(pipe(tmp_path, "2" + name, data), format=format)
    assert stream.find_vocabulary().names == ("sea", "sky")
    assert sum(chunk.n_images for chunk in stream.chunks()) == 2


def test_parquet_from_a_pipe(tmp_path: Path) -> None:
    path = pipe(tmp_path, "p.parquet", parquet(tmp_path))
    assert Annotations.read(path).n_images == 2


def test_files_and_folders_are_no_pipes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(CSV)
    assert not is_pipe(tmp_path)
    assert not is_pipe(tmp_path / "a.csv")
    assert not is_pipe(tmp_path / "nothing")
    assert Spool().file_for(tmp_path / "a.csv") == tmp_path / "a.csv"


@pytest.mark.parametrize("device", ["zero", "urandom", "full"])
def test_endless_devices_are_refused(device: str) -> None:
    with pytest.raises(UsageError, match="is a device"):
        Annotations.read(f"/dev/{device}", format="csv")
