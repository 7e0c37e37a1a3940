"""``labelsphere place``: from counts, from a table, from likeness; a tagger predicts at once."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from labelsphere.cli import main
from labelsphere.space import LabelSpace
from labelsphere.tagger import Tagger
from tests.cli.conftest import Refused


def placed(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, list]:
    assert main(["place", *arguments, "--json"]) == 0
    result: dict[str, list] = json.loads(capsys.readouterr().out)
    return result


def test_from_counts(
    space_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = ["--counts", "cow=2, meadow=2", "--images", "2"]
    result = placed(capsys, str(space_folder), "milk", *options, "--output", str(tmp_path / "new"))
    assert {label for label, _ in result["neighbors"][:2]} == {"cow", "meadow"}
    assert result["images"] == 2
    larger, known = LabelSpace.load(tmp_path / "new"), LabelSpace.load(space_folder)
    expected = known.place("milk", {"cow": 2, "meadow": 2}, images=2)
    np.testing.assert_array_equal(larger.vectors, expected.vectors)
    assert larger.record == expected.record


def test_from_a_table_as_a_process(space_folder: Path, tmp_path: Path) -> None:
    with (tmp_path / "new.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("image", "tags"), ("1", "milk,cow"), ("2", "cow,milk,meadow")])
    arguments = [space_folder, "milk", "--from", tmp_path / "new.csv", "--output"]
    done = subprocess.run(
        [sys.executable, "-m", "labelsphere", "place", *arguments, tmp_path / "larger"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "100"},
    )
    assert done.returncode == 0, done.stderr
    assert "Closest to: milk" in done.stdout
    assert LabelSpace.load(tmp_path / "larger").neighbors("milk", 1)[0].label == "cow"


def test_like_known_tags(
    space_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "new")
    result = placed(capsys, str(space_folder), "bull", "--like", "cow", "--output", folder)
    assert result["neighbors"][0] == ["cow", pytest.approx(1)]


def test_a_tagger_predicts_a_tag_that_it_was_not_trained_for(
    shape_tagger: Path, shapes: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path / "tagger")
    # Balls are round circles: in as many images as circles are, and always with them.
    counts = ["--counts", "circle=18,round=18", "--images", "18"]
    placed(capsys, str(shape_tagger), "ball", *counts, "--output", folder)
    old, new = Tagger.load(shape_tagger), Tagger.load(folder)
    assert new.vocabulary.names == (*old.vocabulary.names, "ball")
    ranks: dict[bool, list[int]] = {True: [], False: []}
    for picture in sorted((shapes / "pictures").glob("[0-9]*.png")):
        names = [tag.label for tag in new.tag(picture, top=20)]
        ranks[int(picture.stem) // 3 % 3 == 0].append(names.index("ball"))
    assert np.mean(ranks[True]) + 1 < np.mean(ranks[False])


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["milk"], 2, "give exactly one of --counts, --from and --like"),
        (["milk", "--counts", "cow=1"], 2, "give --counts and --images together"),
        (["milk", "--counts", "cow", "--images", "2"], 2, "tag=number"),
        (["milk", "--counts", "cow=some", "--images", "2"], 2, "tag=number"),
        (["milk", "--counts", "cwo=1", "--images", "2"], 2, "close spellings: 'cow'"),
        (["cow", "--like", "horse"], 2, "in the space already"),
        (["milk", "--counts", "cow=0", "--images", "2"], 1, "occurs with no known label"),
    ],
)
def test_what_is_refused(
    space_folder: Path, refused: Refused, arguments: list[str], code: int, message: str
) -> None:
    refused(["place", str(space_folder), *arguments], code, message)
