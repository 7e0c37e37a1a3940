"""Annotations in chunks against the same tables read whole."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from labelsphere.annotations import Annotations, stream_annotations
from labelsphere.errors import DataError, UsageError


def tables(folder: Path) -> list[Path]:
    """Two tables, one with one row per tag and one with lists."""
    rows = [(f"{n % 7}.jpg", ("sky", "sea", "car")[n % 3], n % 2) for n in range(40)]
    lines = "".join(f"{image},{tag},{split}\n" for image, tag, split in rows)
    (folder / "a.csv").write_text("image,label,fold\n" + lines)
    lists = [{"image": f"{n}.png", "tags": ["sky", "tree"][: n % 3], "fold": n} for n in range(9)]
    (folder / "b.jsonl").write_text("".join(json.dumps(row) + "\n" for row in lists))
    return [folder / "a.csv", folder / "b.jsonl"]


@pytest.mark.parametrize("chunk_bytes", [1, 50, 1 << 20])
def test_several_tables_are_one_after_the_other(tmp_path: Path, chunk_bytes: int) -> None:
    paths = tables(tmp_path)
    stream = stream_annotations(paths, chunk_bytes=chunk_bytes)
    found = {
        name: sorted(chunk.tags_of(row))
        for chunk in stream.chunks()
        for row, name in enumerate(chunk.image_ids)
    }
    expected = {}
    for path in paths:
        whole = Annotations.read(path)
        expected |= {name: sorted(whole.tags_of(row)) for row, name in enumerate(whole.image_ids)}
    assert found == expected
    assert stream.report.rows == 49
    assert stream.size == sum(path.stat().st_size for path in paths)


def test_bytes_are_counted_over_all_tables(tmp_path: Path) -> None:
    stream = stream_annotations(tables(tmp_path), chunk_bytes=60)
    stream.find_vocabulary()
    counted: list[int] = []
    for _ in stream.chunks(counted.append):
        pass
    assert counted == sorted(counted)
    assert counted[-1] == stream.size
    assert len(counted) > 3


def test_wanted_columns_are_kept_and_others_are_not(tmp_path: Path) -> None:
    _, path = tables(tmp_path)
    (chunk,) = stream_annotations(path, columns=["fold"]).chunks()
    assert chunk.columns.to_dict(as_series=False) == {"fold": list(range(9))}
    (chunk,) = stream_annotations(path).chunks()
    assert chunk.columns.width == 0


def test_labels_are_counted_over_all_tables_before_rare_ones_go(tmp_path: Path) -> None:
    for name, tag in {"a": "sky", "b": "sky", "c": "sea"}.items():
        (tmp_path / f"{name}.csv").write_text(f"image,tags\n{name},{tag}\n")
    stream = stream_annotations([tmp_path / f"{name}.csv" for name in "abc"], min_count=2)
    assert [chunk.matrix.toarray().tolist() for chunk in stream.chunks()] == [[[1]], [[1]], [[0]]]
    assert stream.find_vocabulary().names == ("sky",)
    assert stream.report.rare_labels == 1
    assert stream.report.unknown_tags == {}
    with pytest.raises(DataError, match=r"no tag of .* is left"):
        stream_annotations(tmp_path / "a.csv", min_count=2).find_vocabulary()


def test_no_table_is_refused() -> None:
    with pytest.raises(UsageError, match="give one or more tag tables"):
        stream_annotations([])


def test_a_stream_reads_aliases_as_what_they_stand_for(tmp_path: Path) -> None:
    path = tmp_path / "tags.csv"
    path.write_text("image,tags\na,auto;car\nb,auto;sky\nc,kfz\n")
    stream = stream_annotations(path, separator=";", aliases={"auto": "car", "kfz": "car"})
    assert stream.find_vocabulary().names == ("car", "sky")
    (chunk,) = stream.chunks()
    assert chunk.matrix.toarray().tolist() == [[1, 0], [1, 1], [1, 0]]


def test_a_table_given_twice_is_refused(tmp_path: Path) -> None:
    first, second = tables(tmp_path)
    again = tmp_path / "x" / ".." / "a.csv"
    (tmp_path / "x").mkdir()
    with pytest.raises(UsageError, match=r"b\.jsonl is given twice; expected each table once"):
        stream_annotations([first, second, second])
    with pytest.raises(UsageError, match=r"a\.csv is given twice \(as .*a\.csv too\)"):
        stream_annotations([first, second, again])


def test_a_full_folder_for_temporary_files_is_named(tmp_path: Path) -> None:
    lines = "".join(f"image-{number % 9000}.jpg,label-{number % 7}\n" for number in range(60_000))
    (tmp_path / "t.csv").write_text("image,label\n" + lines)
    code = (
        "import resource, sys\n"
        "from labelsphere.annotations import stream_annotations\n"
        "from labelsphere.errors import WriteError\n"
        "stream = stream_annotations(sys.argv[1], chunk_bytes=200_000)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))\n"
        "try:\n"
        "    stream.find_vocabulary()\n"
        "except WriteError as error:\n"
        "    print(error)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "t.csv")],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"the folder for temporary files, {tmp_path}, cannot hold a copy" in ran.stdout
    assert "TMPDIR" in ran.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]
