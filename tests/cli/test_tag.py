"""``labelsphere tag``: files and folders in, lines out, past what cannot be read."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from labelsphere.cli import main
from labelsphere.tagger import Tagger

BROKEN = ("cut.png", "empty.png", "text.png")


def tag(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main(["tag", *map(str, arguments)])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_lines_are_what_the_tagger_says(
    shapes: Path, shape_tagger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = [shapes / "pictures" / f"{number:02}.png" for number in (3, 0, 70)]
    code, out, _ = tag(capsys, shape_tagger, *pictures, "--top", 3, "--batch", 2)
    assert code == 0
    expected = Tagger.load(shape_tagger).tag(pictures, top=3)
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["image"] for line in lines] == [str(picture) for picture in pictures]
    for line, tags in zip(lines, expected, strict=True):
        said = line["tags"] + line["suggested"] + line.get("others", [])
        assert [one["label"] for one in said] == [one.label for one in tags]
        probabilities = [one["probability"] for one in said]
        assert probabilities == pytest.approx([one.probability for one in tags], abs=1e-3)


def test_a_folder_is_searched_and_broken_pictures_are_named_counted_and_skipped(
    shapes: Path, shape_tagger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "out" / "tags.csv"
    code, out, said = tag(capsys, shape_tagger, shapes, "--top", 2, "--output", output)
    assert (code, out) == (0, "")
    rows = list(csv.DictReader(output.open()))
    assert list(rows[0]) == ["image", "label", "probability", "status"]
    named = [row["image"] for row in rows]
    assert named == [str(shapes / f"pictures/{n:02}.png") for n in range(72) for _ in (0, 1)]
    for name in BROKEN:
        assert f"skipped: {shapes / 'pictures' / name} " in said
    assert "pictures skipped because they cannot be read: 3 of 75" in said


def test_one_document_holds_the_unreadable_too(
    shapes: Path, shape_tagger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = [shapes / "pictures" / name for name in ("00.png", "empty.png", "none.png")]
    code, out, _ = tag(capsys, shape_tagger, *pictures, "--json")
    assert code == 0
    result = json.loads(out)
    assert [one["image"] for one in result["tagged"]] == [str(pictures[0])]
    tags = [tag["label"] for tag in result["tagged"][0]["tags"]]
    assert tags == [tag.label for tag in Tagger.load(shape_tagger).tag(pictures[0]) if tag.accepted]
    assert [one["image"] for one in result["unreadable"]] == [str(path) for path in pictures[1:]]
    assert "0 bytes" in result["unreadable"][0]["problem"]
    assert "No such file" in result["unreadable"][1]["problem"]


def test_the_code_is_1_only_if_nothing_could_be_read(
    shapes: Path, shape_tagger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "tags.jsonl"
    broken = [shapes / "pictures" / name for name in BROKEN]
    code, out, said = tag(capsys, shape_tagger, *broken, "--output", output)
    assert (code, out) == (1, "")
    assert said.endswith("labelsphere: no picture could be read: 3 of 3 skipped\n")
    assert list(tmp_path.iterdir()) == []


def test_a_pipe_that_closes_early_is_no_error_and_gets_the_lines(
    shapes: Path, shape_tagger: Path
) -> None:
    command = [sys.executable, "-m", "labelsphere", "tag", str(shape_tagger)]
    process = subprocess.Popen(
        [*command, str(shapes / "pictures"), "--batch", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    first = json.loads(process.stdout.readline())
    process.stdout.close()
    assert first["image"] == str(shapes / "pictures" / "00.png")
    said = process.stderr.read()
    process.stderr.close()
    process.wait(timeout=60)
    assert "Traceback" not in said
    assert "labelsphere:" not in said


def test_vectors_are_tagged_by_row(
    planted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    features = ["--features", str(planted / "vectors.npy")]
    options = ["--backbone-options", '{"hidden": 8}', "--steps", "30", "--batch-size", "20"]
    source = ["train", str(planted / "tags.csv"), "--space", str(planted / "space")]
    assert main([*source, *features, *options, "--output", str(tmp_path / "tagger")]) == 0
    capsys.readouterr()
    code, out, _ = tag(capsys, tmp_path / "tagger", *features, "--top", 1, "--batch", 64)
    assert code == 0
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["row"] for line in lines] == list(range(200))
    code, out, said = tag(capsys, tmp_path / "tagger", planted)
    assert (code, out) == (1, "")
    assert "there are no pictures in" in said
    code, _, said = tag(capsys, tmp_path / "tagger", tmp_path / "a.png")
    assert code == 2
    assert "was trained on feature vectors" in said


def test_refusals(
    shapes: Path, shape_tagger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = shapes / "pictures" / "00.png"
    (tmp_path / "taken.csv").write_text("mine")
    cases = [
        ((shape_tagger,), 2, "give either pictures and folders, or a file of vectors"),
        ((shape_tagger, picture, "--features", "a.npy"), 2, "give either pictures"),
        ((shape_tagger, picture, "--top", "0"), 2, "--top"),
        ((shape_tagger, picture, "--format", "xml"), 2, "--format must be one of jsonl, csv"),
        ((shape_tagger, picture, "--format", "csv", "--json"), 2, "contradict"),
        ((shape_tagger, picture, "--output", tmp_path / "taken.csv"), 1, "exists"),
        ((shape_tagger, picture, "--output", tmp_path), 1, "is a folder"),
        ((shapes, picture), 1, "has no config.json"),
    ]
    for arguments, code, expected in cases:
        found, out, said = tag(capsys, *arguments)
        assert (found, out, expected in said.splitlines()[-1]) == (code, "", True), said
    assert (tmp_path / "taken.csv").read_text() == "mine"
