"""Calibrations on disk: whole, editable, and refused where they do not fit."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from labelsphere.errors import ArtefactError
from labelsphere.metrics import DenseScores
from labelsphere.tagger.calibration import Calibration, Goal, calibrate
from labelsphere.tagger.calibration.storage import load_calibration, save_calibration

if TYPE_CHECKING:
    from tests.tagger.calibration.conftest import Simulated

NAMES = tuple(f"tag {number}" for number in range(150))


@pytest.fixture(scope="module")
def calibration(simulated: "Simulated") -> Calibration:
    data = simulated.rows(0, 2500)
    scores = data.scores.copy()
    scores[:, 3] = -np.inf
    found = calibrate(
        DenseScores(scores), data.truth, counts=data.counts, names=NAMES, goal=Goal(f1=True)
    )
    assert len(found.curves.labels)
    return found


def test_a_calibration_comes_back(
    calibration: Calibration, simulated: "Simulated", tmp_path: Path
) -> None:
    save_calibration(calibration, tmp_path)
    found = load_calibration(tmp_path, NAMES)
    assert found is not None
    scores = simulated.scores[2500:]
    np.testing.assert_array_equal(found.probabilities(scores), calibration.probabilities(scores))
    for name in ("accept", "suggest", "counts", "positives"):
        np.testing.assert_array_equal(getattr(found, name), getattr(calibration, name))
    for name in ("precision", "recall", "suggest_precision", "suggest_recall"):
        for end in ("value", "low", "high"):
            mine = getattr(getattr(found, name), end)
            np.testing.assert_array_equal(mine, getattr(getattr(calibration, name), end))
    assert (found.goal, found.names, found.sources) == (Goal(f1=True), NAMES, calibration.sources)


def test_the_file_is_as_documented(calibration: Calibration, tmp_path: Path) -> None:
    save_calibration(calibration, tmp_path)
    document = json.loads((tmp_path / "thresholds.json").read_text())
    assert list(document) == ["version", "goal", "default", "labels"]
    assert document["goal"] == {"f1": True}
    assert list(document["default"]) == ["accept", "suggest"]
    first = document["labels"]["tag 0"]
    expected = ["accept", "suggest", "positives", "precision", "low", "high", "source"]
    assert list(first) == expected
    assert first["low"] <= first["precision"] <= first["high"]
    assert document["labels"]["tag 3"]["accept"] is None
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "calibration.safetensors",
        "thresholds.json",
    ]


def test_thresholds_may_be_edited(calibration: Calibration, tmp_path: Path) -> None:
    save_calibration(calibration, tmp_path)
    path = tmp_path / "thresholds.json"
    document = json.loads(path.read_text())
    document["labels"]["tag 5"]["accept"] = 0.99
    path.write_text(json.dumps(document))
    found = load_calibration(tmp_path, NAMES)
    assert found is not None
    assert found.accept[5] == 0.99


def test_a_folder_without_calibration_has_none(tmp_path: Path) -> None:
    assert load_calibration(tmp_path, NAMES) is None


def remove(document: dict[str, Any]) -> None:
    del document["labels"]["tag 9"]


def spoil(document: dict[str, Any]) -> None:
    document["labels"]["tag 9"]["accept"] = 1.5


def swap(document: dict[str, Any]) -> None:
    document["labels"]["tag 9"]["accept"] = True


def invent(document: dict[str, Any]) -> None:
    document["labels"]["tag 9"]["source"] = "guess"


def age(document: dict[str, Any]) -> None:
    document["version"] = 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (remove, "only one of them has 'tag 9'"),
        (spoil, "accept of 'tag 9' must be a number from 0 to 1 or null, not 1.5"),
        (swap, "must be a number from 0 to 1 or null, not True"),
        (invent, "source must be one of label, bucket, neighbors"),
        (age, "version 2, expected 1"),
    ],
)
def test_what_does_not_fit_is_refused(
    calibration: Calibration,
    tmp_path: Path,
    change: Callable[[dict[str, Any]], None],
    message: str,
) -> None:
    save_calibration(calibration, tmp_path)
    path = tmp_path / "thresholds.json"
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))
    with pytest.raises(ArtefactError, match=message):
        load_calibration(tmp_path, NAMES)


def test_damage_is_refused(calibration: Calibration, tmp_path: Path) -> None:
    save_calibration(calibration, tmp_path)
    numbers = tmp_path / "calibration.safetensors"
    numbers.write_bytes(numbers.read_bytes()[:100])
    with pytest.raises(ArtefactError, match=r"calibration\.safetensors cannot be used"):
        load_calibration(tmp_path, NAMES)
    (tmp_path / "thresholds.json").write_text("[]")
    with pytest.raises(ArtefactError, match="cannot be used"):
        load_calibration(tmp_path, NAMES)
