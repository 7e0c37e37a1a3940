"""Runs on the command line: tag with an output, again, retag, untag."""

import json
import shutil
from pathlib import Path

import polars as pl
import pytest

from labelsphere.archive.sidecars import xmp_tags
from labelsphere.cli import main


@pytest.fixture
def photos(shapes: Path, tmp_path: Path) -> Path:
    """Twelve pictures of shapes and one that cannot be read."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for number in range(12):
        shutil.copy(shapes / f"pictures/{number:02}.png", folder)
    (folder / "broken.png").write_bytes(b"text")
    return folder


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_run_goes_on_and_ends_with_every_form(
    shape_tagger: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = ["--run", str(tmp_path / "run"), "--top", "2"]
    out = tmp_path / "tags.jsonl"
    one = str(photos / "00.png")
    assert main(["tag", str(shape_tagger), one, "--output", str(out), *run]) == 0
    assert len(lines(out)) == 1
    more = ["tag", str(shape_tagger), str(photos), *run]
    assert main([*more, "--output", str(out), "--overwrite"]) == 0
    said = capsys.readouterr().err
    assert "1 pictures were tagged before" in said
    assert "broken.png cannot be decoded" in said
    assert [Path(str(line["image"])).name for line in lines(out)] == [
        f"{number:02}.png" for number in range(12)
    ]
    assert main([*more, "--output", str(tmp_path / "t.parquet")]) == 0
    assert main([*more, "--output", str(tmp_path / "t.csv")]) == 0
    table = pl.read_parquet(tmp_path / "t.parquet")
    assert table["image"].to_list() == [line["image"] for line in lines(out)]
    assert pl.read_csv(tmp_path / "t.csv").height == 24
    assert main([*more, "--output", str(tmp_path / "t.txt")]) == 2
    assert "must end in .jsonl" in capsys.readouterr().err


def test_a_list_on_stdin_a_pattern_and_filters(
    shape_tagger: Path, photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import io
    import sys

    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{photos}/00.png\n{photos}/01.png\n"))
    out = tmp_path / "t.jsonl"
    command = [
        "tag",
        str(shape_tagger),
        "-",
        f"{photos}/1?.png",
        "--top",
        "4",
        "--output",
        str(out),
    ]
    (tmp_path / "blocked.txt").write_text("round\nangular\n")
    filters = ["--at-most", "2", "--block", str(tmp_path / "blocked.txt"), "--block", "red"]
    assert main([*command, *filters]) == 0
    found = lines(out)
    assert [Path(str(one["image"])).name for one in found] == [
        "00.png",
        "01.png",
        "10.png",
        "11.png",
    ]
    keys = ("tags", "suggested", "others")
    given = [[tag for key in keys for tag in one.get(key, [])] for one in found]  # type: ignore[misc]
    assert all(len(tags) <= 2 for tags in given)
    assert not {tag["label"] for tags in given for tag in tags} & {"round", "angular", "red"}


def test_sidecars_dry_run_retag_and_untag(
    shape_tagger: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in photos.iterdir()}
    run = tmp_path / "run"
    command = ["tag", str(shape_tagger), str(photos), "--sidecars", "xmp", "--run", str(run)]
    command += ["--top", "2"]
    assert main([*command, "--dry-run"]) == 0
    shown = capsys.readouterr().out
    assert {path: path.read_bytes() for path in photos.iterdir()} == before
    assert main(command) == 0
    sidecars = sorted(photos.glob("*.xmp"))
    for sidecar in sidecars:
        named = next(line for line in shown.splitlines() if line.startswith(str(sidecar)))
        assert all(f"+{tag}" in named for tag in xmp_tags(sidecar.read_bytes()))
    assert len(sidecars) == len(shown.splitlines())
    assert main(["retag", str(run), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["changed"] == 0
    written = {path: path.read_bytes() for path in photos.iterdir()}
    assert main(["untag", str(run), "--dry-run"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert {path: path.read_bytes() for path in photos.iterdir()} == written
    assert sorted(line.partition(" (gone): -")[0] for line in listed) == list(map(str, sidecars))
    assert main(["untag", str(run)]) == 0
    assert {path: path.read_bytes() for path in photos.iterdir()} == before


@pytest.mark.parametrize("form", ["jsonl", "csv", "parquet"])
def test_a_dry_run_shows_how_an_output_would_change(
    shape_tagger: Path,
    photos: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    form: str,
) -> None:
    out = tmp_path / f"tags.{form}"
    command = ["tag", str(shape_tagger), str(photos), "--output", str(out), "--top", "2"]
    assert main(command) == 0
    before = out.read_bytes()
    capsys.readouterr()
    assert main([*command, "--dry-run"]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert f"0 pictures of {out} would change" in told.err
    categories = tmp_path / "categories.csv"
    names = pl.read_parquet(shape_tagger / "labels.parquet")["name"].to_list()
    categories.write_text("tag,category\n" + "".join(f"{name},all\n" for name in names))
    fewer = ["--at-most-per-category", "1", "--categories", str(categories)]
    assert main([*command, "--dry-run", *fewer]) == 0
    shown = capsys.readouterr().out.splitlines()
    assert out.read_bytes() == before
    assert len(shown) == 12
    assert all(line.count(" -") == 1 and " +" not in line for line in shown)


def test_mistakes_are_told(
    shape_tagger: Path, photos: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tag = ["tag", str(shape_tagger), str(photos)]
    for arguments, message in [
        ([*tag, "--sidecars", "pdf", "--run", "x"], "--sidecars must be one of text, xmp"),
        ([*tag, "--sidecars", "xmp"], "need --run"),
        ([*tag, "--output", str(photos)], "is a folder; expected a file"),
        (["tag", str(shape_tagger), f"{photos}/*.tif", "--output", "x.csv"], "no file matches"),
        ([*tag, "--output", "x.csv", "--categories", "c.csv"], "--at-most-per-category"),
        (["retag", str(photos)], "is not a tagging run"),
        (["untag", str(photos)], "is not a tagging run"),
    ]:
        assert main(arguments) in (1, 2)
        assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == [photos]
