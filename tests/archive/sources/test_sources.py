import io
import sys
import tarfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from labelsphere.archive.sources import expand, items_of, key_of
from labelsphere.archive.sources.files import listed
from labelsphere.errors import DataError, UsageError


def make_tar(path: Path, *members: tuple[str, bytes]) -> None:
    with tarfile.open(path, "w") as file:
        for name, data in members:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            file.addfile(member, io.BytesIO(data))


def names(paths: list[Path], told: list[str] | None = None) -> list[str]:
    said: list[str] = []
    found = [item.name for item in items_of(paths, said.append)]
    assert told is None or said == told
    return found


def test_files_and_folders_each_once(tmp_path: Path) -> None:
    for name in ("a.png", "d/b.JPG", "d/e/c.webp", "d/x.mov"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(name.encode())
    folder = tmp_path / "d"
    found = list(items_of([tmp_path / "a.png", folder, folder / "b.JPG"], lambda _: None))
    assert [item.name for item in found] == [
        str(tmp_path / n) for n in ("a.png", "d/b.JPG", "d/e/c.webp")
    ]
    assert [item.read() for item in found] == [b"a.png", b"d/b.JPG", b"d/e/c.webp"]
    assert found[0].size == 5
    assert found[0].changed == (tmp_path / "a.png").stat().st_mtime_ns
    assert names([folder], [f"{folder}: 1 file skipped, not a picture by the ending: 1 .mov"])


def test_a_file_that_is_not_there_is_told_when_read(tmp_path: Path) -> None:
    (item,) = items_of([tmp_path / "gone.png"], lambda _: None)
    with pytest.raises(FileNotFoundError):
        item.read()


def test_patterns_and_lists(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.jpg", "b.jpg", "in/c.jpg", "we[ird].jpg"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert expand([f"{tmp_path}/?.jpg"]) == [tmp_path / "a.jpg", tmp_path / "b.jpg"]
    assert tmp_path / "in/c.jpg" in expand([f"{tmp_path}/**/*.jpg"])
    assert expand([f"{tmp_path}/we[ird].jpg"]) == [tmp_path / "we[ird].jpg"]
    with pytest.raises(DataError, match="no file matches"):
        expand([f"{tmp_path}/*.png"])
    monkeypatch.setattr(sys, "stdin", io.StringIO("a.jpg\nb c.jpg\n\n"))
    assert expand(["-", "d"]) == [Path("a.jpg"), Path("b c.jpg"), Path("d")]
    assert listed(["new\nline.jpg\0b.jpg\0"]) == [Path("new\nline.jpg"), Path("b.jpg")]
    with pytest.raises(UsageError, match="is empty"):
        listed(["\n"])


@pytest.mark.parametrize("form", ["bytes", "hugging face", "named"])
def test_tables_of_pictures(tmp_path: Path, form: str) -> None:
    data = [f"picture {n}".encode() for n in range(150)]
    if form == "hugging face":
        cells = [{"bytes": d, "path": f"{n % 149}.png"} for n, d in enumerate(data)]
        table = pa.table({"image": cells})
    elif form == "named":
        table = pa.table({"id": [f"{n % 149}.png" for n in range(150)], "jpg": data})
    else:
        table = pa.table({"jpg": data})
    path = tmp_path / "t.parquet"
    pq.write_table(table, path)
    found = list(items_of([path], lambda _: None))
    assert [item.read() for item in found] == data
    assert len({item.name for item in found}) == 150
    end = "149" if form == "bytes" else "0.png#149"
    assert found[-1].name == f"{path}::{end}"


def test_a_table_without_pictures_is_refused(tmp_path: Path) -> None:
    pq.write_table(pa.table({"tags": ["sky"]}), tmp_path / "t.parquet")
    with pytest.raises(DataError, match=r"no column of encoded pictures.*tags"):
        names([tmp_path / "t.parquet"])
    (tmp_path / "x.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(DataError, match="cannot be read as Parquet"):
        names([tmp_path / "x.parquet"])


@pytest.mark.parametrize("ending", ["tar", "tar.gz"])
def test_shards(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"s.{ending}"
    with tarfile.open(path, "w:gz" if ending.endswith("gz") else "w") as file:
        for name in ("1.jpg", "1.json", "d/2.seg.png", "../out.jpg", "/root.jpg"):
            member = tarfile.TarInfo(name)
            member.size = 3
            file.addfile(member, io.BytesIO(b"abc"))
        link = tarfile.TarInfo("link.jpg")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        file.addfile(link)
    told = [
        f"{path}: ../out.jpg leads out of the archive: skipped",
        f"{path}: /root.jpg leads out of the archive: skipped",
        f"{path}: link.jpg is not a regular file: skipped",
    ]
    assert names([path], told) == [f"{path}::1.jpg", f"{path}::d/2.seg.png"]
    assert list(tmp_path.iterdir()) == [path]


def test_a_damaged_shard_is_named(tmp_path: Path) -> None:
    make_tar(tmp_path / "s.tar", ("1.jpg", bytes(5000)))
    (tmp_path / "s.tar").write_bytes((tmp_path / "s.tar").read_bytes()[:2000])
    with pytest.raises(DataError, match=r"s\.tar cannot be read as a tar file"):
        [item.read() for item in items_of([tmp_path / "s.tar"], lambda _: None)]


def test_keys_are_as_in_webdataset() -> None:
    assert key_of("a/b.c/0001.photo.jpg") == "a/b.c/0001"
    assert key_of("0001.jpg") == "0001"
