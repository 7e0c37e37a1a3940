"""Forms of the exported files."""

import csv
from collections.abc import Callable
from copy import copy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from labelsphere.annotations import Vocabulary
from labelsphere.errors import UsageError
from labelsphere.tagger import Tagger
from labelsphere.tagger.export.profiles import PROFILES, WdProfile


def renamed(tagger: Tagger, *names: str) -> Tagger:
    """The tagger, its first labels called otherwise."""
    other = copy(tagger)
    left = list(tagger.vocabulary)[len(names) :]
    other.labels = replace(tagger.labels, vocabulary=Vocabulary([*names, *left]), space=None)
    return other


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["a,b"], "contain a comma"),
        (['say "x"'], "contain a comma"),
        (["two\nlines"], "contain a comma"),
        (["explicit"], "would have the name 'explicit'"),
        (["hot dog", "hot_dog"], "would have the name 'hot_dog'"),
    ],
)
def test_names_that_programs_for_wd_taggers_cannot_read(
    calibrated: Tagger, names: list[str], reason: str
) -> None:
    tagger = renamed(calibrated, *names)
    with pytest.raises(UsageError, match=reason):
        PROFILES["wd"].check(tagger)
    PROFILES["standard"].check(tagger)


def test_pixels_as_each_form_takes_them() -> None:
    squares = np.arange(12, dtype=np.uint8).reshape(1, 2, 2, 3)
    assert PROFILES["standard"].pixels(squares) is squares
    found = PROFILES["wd"].pixels(squares)
    assert found.dtype == np.float32
    assert found[0, 0, 0].tolist() == [2, 1, 0]


def test_every_labels_threshold_becomes_that_of_the_wd_programs(calibrated: Tagger) -> None:
    calibration = calibrated.calibration
    assert calibration is not None
    scores = np.random.default_rng(0).normal(0, 3, (200, calibration.n_labels)).astype(np.float32)
    likely = calibration.probabilities(scores)
    found = PROFILES["wd"].expected(calibrated, scores)["output"]
    assert (found[:, :4] == 0).all()
    clear = np.abs(likely - calibration.accept) > 1e-9
    np.testing.assert_array_equal(
        (found[:, 4:] >= WdProfile.THRESHOLD)[clear], (likely >= calibration.accept)[clear]
    )


def test_tables_follow_the_order_of_the_outputs(
    calibrated: Tagger, make_tagger: Callable[..., Tagger], tmp_path: Path
) -> None:
    tagger = renamed(calibrated, "hot dog")
    for name, profile in PROFILES.items():
        profile.write_tags(tagger, tmp_path / name)
        with (tmp_path / name).open(newline="") as file:
            rows = list(csv.DictReader(file))
        if name == "wd":
            assert [row["name"] for row in rows[:4]] == list(WdProfile.RATINGS)
            assert [int(row["tag_id"]) for row in rows] == list(range(len(rows)))
            assert rows[4]["name"] == "hot_dog"
        else:
            assert [row["name"] for row in rows] == list(tagger.vocabulary)
    PROFILES["standard"].write_tags(make_tagger("sphere"), tmp_path / "raw")
    assert (tmp_path / "raw").read_text().startswith("name,count\n")


def test_stretch_bounds_the_slope_of_moved_probabilities(calibrated: Tagger) -> None:
    calibration = calibrated.calibration
    assert calibration is not None
    chosen = copy(calibrated)
    accept = np.linspace(0.02, 0.99, calibration.n_labels)
    chosen.calibration = replace(calibration, accept=accept)
    stretch = PROFILES["wd"].stretch(chosen)
    likely = np.linspace(1e-4, 1 - 1e-4, 20_001)[:, None]
    odds = likely / (1 - likely)
    factor = (0.35 / 0.65) / (accept / (1 - accept))
    moved = odds * factor / (1 + odds * factor)
    steepest = (np.diff(moved, axis=0) / np.diff(likely, axis=0)).max(axis=0)
    assert (stretch[:4] == 1).all()
    assert (steepest <= stretch[4:]).all()
    np.testing.assert_allclose(steepest, np.maximum(factor, 1 / factor), rtol=0.05)
    assert PROFILES["standard"].stretch(chosen) == 1.0
