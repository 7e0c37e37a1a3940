"""``labelsphere audit``: tables, files, and an original that stays as it is."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from labelsphere.annotations import Annotations
from labelsphere.cli import main

BLOCKS = [["sea", "sand", "boat"], ["street", "car", "bus"]]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Forty images of two kinds; the first lacks its boat, the second has a boat in the street."""
    path = tmp_path / "tags.csv"
    rows = [BLOCKS[image % 2] for image in range(40)]
    rows[0], rows[1] = ["sea", "sand"], ["street", "car", "bus", "boat"]
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("image", "tags", "place"))
        writer.writerows((f"{i}.png", ",".join(row), "x") for i, row in enumerate(rows))
    return path


def test_a_process_prints_both_rankings(table: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "labelsphere", "audit", table, "--missing", "1", "--doubtful", "1"],
        capture_output=True,
        text=True,
        check=True,
    )
    missing, doubtful = done.stdout.split("Fits badly")
    assert "Probably missing" in missing
    assert "0.png" in missing
    assert "1.png" in doubtful
    assert missing.count("boat") == doubtful.count("boat") == 1


def test_findings_and_corrections_are_written_beside(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = table.read_bytes()
    found, fixed = tmp_path / "found.jsonl", tmp_path / "fixed.csv"
    few = ["--missing", "1", "--doubtful", "1"]
    files = ["--jsonl", str(found), "--corrected", str(fixed)]
    assert main(["audit", str(table), *few, *files]) == 0
    assert capsys.readouterr().out == ""
    records = [json.loads(line) for line in found.read_text(encoding="utf-8").splitlines()]
    assert [(r["image"], r["label"], r["kind"]) for r in records] == [
        ("0.png", "boat", "missing"),
        ("1.png", "boat", "doubtful"),
    ]
    again = Annotations.read(fixed)
    assert again.tags_of(0) == ["boat", "sand", "sea"]
    assert again.tags_of(1) == ["bus", "car", "street"]
    assert again.column("place").unique().to_list() == ["x"]
    assert table.read_bytes() == before


def test_a_space_and_a_tagger_judge_too(
    planted: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tags, vectors, space = (str(planted / n) for n in ("tags.csv", "vectors.npy", "space"))
    tagger = str(tmp_path / "tagger")
    training = ["--space", space, "--features", vectors, "--epochs", "8", "--output", tagger]
    assert main(["train", tags, *training]) == 0
    # A row that says cat though its vector is of sky, sea and sand.
    with (planted / "tags.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    rows[0] |= {"tags": "cat,sky"}
    full = np.load(vectors)
    beach = [i for i, row in enumerate(rows) if row["tags"] in ("sand,sea,sky", "sky,sea,sand")]
    full[0] = full[beach[0]]
    np.save(tmp_path / "vectors.npy", full)
    with (tmp_path / "tags.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    capsys.readouterr()
    judges = ["--space", space, "--tagger", tagger, "--features", str(tmp_path / "vectors.npy")]
    arguments = [str(tmp_path / "tags.csv"), *judges, "--missing", "400", "--doubtful", "400"]
    assert main(["audit", *arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["findings"]
    here = [f["label"] for f in found if f["image"] == "0" and f["kind"] == "doubtful"]
    assert here[0] == "cat"
    lacking = [f["label"] for f in found if f["image"] == "0" and f["kind"] == "missing"]
    assert set(lacking[:2]) == {"sea", "sand"}


def test_the_table_itself_is_never_written(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = table.read_bytes()
    for option in ("--corrected", "--jsonl"):
        assert main(["audit", str(table), option, str(table), "--overwrite"]) == 2
        assert "is the input; name another file" in capsys.readouterr().err
    assert table.read_bytes() == before


def test_features_need_a_tagger(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", str(table), "--features", "vectors.npy"]) == 2
    assert "--features needs --tagger" in capsys.readouterr().err
