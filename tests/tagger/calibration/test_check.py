"""The check by halves, and its diagram."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from scipy.sparse import csr_array

from labelsphere.errors import DataError, UsageError
from labelsphere.json_types import from_json, to_json
from labelsphere.metrics import DenseScores
from labelsphere.tagger.calibration import CalibrationCheck, Goal
from labelsphere.tagger.calibration.check import (
    calibration_error,
    check_by_halves,
    check_calibration,
    reliability,
)
from labelsphere.tagger.calibration.diagram import write_diagram
from labelsphere.tagger.calibration.fitting import HeldOutScores, fit_calibration, held_out_scores

if TYPE_CHECKING:
    from tests.tagger.calibration.conftest import Simulated


@pytest.fixture(scope="module")
def held(simulated: "Simulated") -> HeldOutScores:
    return held_out_scores(DenseScores(simulated.scores), simulated.truth, None, simulated.counts)


def test_reliability_by_hand() -> None:
    probability = np.array([0.02, 0.03, 0.45, 0.48, 1.0])
    positive = np.array([False, True, True, False, True])
    bins = reliability(probability, positive, np.array([3.0, 1, 1, 1, 1]))
    assert [(one.pairs, one.reached) for one in bins] == [(4, 0.25), (2, 0.5), (1, 1)]
    assert [one.expected for one in bins] == pytest.approx([0.0225, 0.465, 1.0])
    error = calibration_error(bins)
    assert error == pytest.approx((4 * 0.2275 + 2 * 0.035 + 0) / 7)
    assert calibration_error(()) == 0


def test_the_checked_half_is_not_the_fitted_one(held: HeldOutScores) -> None:
    found = check_by_halves(held, Goal(precision=0.8))
    assert found.fitted_images + found.checked_images == 3000
    assert abs(found.fitted_images - found.checked_images) <= 2
    whole = found.by_frequency["all"]
    assert whole.pairs == found.checked_images * 150
    assert whole.calibration_error < 0.01
    assert whole.accepted_error is not None
    assert whole.accepted_error < 0.05
    assert whole.low is not None
    assert whole.high is not None
    assert whole.low <= 0.8 <= whole.high + 0.05
    others = [bucket for name, bucket in found.by_frequency.items() if name != "all"]
    assert sum(bucket.pairs for bucket in others) == whole.pairs
    assert sum(bucket.accepted for bucket in others) == whole.accepted


def test_a_check_tells_a_bad_calibration(held: HeldOutScores, simulated: "Simulated") -> None:
    images = np.arange(3000) >= 1500
    good = fit_calibration(held, held.pairs.where(~images[held.pairs.image]))
    # Fitted on tags that are given to other images: scores say nothing of them.
    wrong = held_out_scores(
        DenseScores(simulated.scores),
        csr_array(np.roll(simulated.truth.toarray(), 7, axis=0)),
        None,
        simulated.counts,
    )
    bad = fit_calibration(wrong, wrong.pairs.where(~images[wrong.pairs.image]))
    errors = [
        check_calibration(one, held, images).by_frequency["all"].calibration_error
        for one in (good, bad)
    ]
    assert errors[1] > 3 * errors[0]


def test_where_nothing_is_accepted_there_is_no_precision() -> None:
    random = np.random.default_rng(0)
    scores = random.normal(size=(200, 2)).astype(np.float32)
    truth = csr_array(random.random((200, 2)) < 0.1)
    held = held_out_scores(DenseScores(scores), truth, None, np.array([20, 20]))
    found = check_by_halves(held).by_frequency["all"]
    assert (found.accepted, found.promised, found.reached, found.low) == (0, None, None, None)
    assert found.recall == 0


def test_a_check_comes_back_from_json(held: HeldOutScores) -> None:
    found = check_by_halves(held)
    kept = json.loads(json.dumps(to_json(found)))
    assert from_json(CalibrationCheck, kept) == found


def test_one_image_with_tags_cannot_be_halved() -> None:
    truth = np.zeros((20, 2))
    truth[4, 1] = 1
    scores = np.random.default_rng(0).normal(size=(20, 2))
    held = held_out_scores(DenseScores(scores), csr_array(truth), None, np.array([5, 5]))
    with pytest.raises(DataError, match="at least 2 held-out images with tags, but got 1"):
        check_by_halves(held)


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_the_diagram_is_a_picture(held: HeldOutScores, tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"diagram{suffix}"
    write_diagram(check_by_halves(held), path)
    if suffix == ".png":
        with Image.open(path) as image:
            assert image.size > (900, 900)
    else:
        assert "<svg" in path.read_text()
    assert [one.name for one in tmp_path.iterdir()] == [path.name]


def test_the_diagram_of_very_few_images_is_drawn(tmp_path: Path) -> None:
    truth = np.zeros((4, 2), np.float32)
    truth[:, 0] = 1
    scores = np.random.default_rng(0).normal(size=(4, 2))
    few = held_out_scores(DenseScores(scores), csr_array(truth), None, np.array([4, 0]))
    write_diagram(check_by_halves(few), tmp_path / "diagram.png")
    assert [one.name for one in tmp_path.iterdir()] == ["diagram.png"]


def test_other_endings_are_refused(held: HeldOutScores, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"must be a \.png or \.svg file"):
        write_diagram(check_by_halves(held), tmp_path / "diagram.gif")
    assert list(tmp_path.iterdir()) == []
