"""The reliability diagram: a picture of what was found, also where nearly nothing was."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from labelsphere.errors import UsageError
from labelsphere.tagger.calibration.check import ALL, BucketCheck, CalibrationCheck, ReliabilityBin
from labelsphere.tagger.calibration.diagram import write_diagram


def check(*bins: ReliabilityBin) -> CalibrationCheck:
    whole = BucketCheck(3, 30.0, 0.01, 0.0, None, None, None, None, None, None, bins)
    return CalibrationCheck(4, 5, {ALL: whole, "1-9": whole})


def test_the_points_are_drawn_in_either_format(tmp_path: Path) -> None:
    found = check(ReliabilityBin(20, 0.1, 0.2), ReliabilityBin(400, 0.6, 0.5))
    write_diagram(found, tmp_path / "diagram.png")
    write_diagram(check(), tmp_path / "empty.png")
    drawn, empty = (
        np.asarray(Image.open(tmp_path / f"{name}.png").convert("L"))
        for name in ("diagram", "empty")
    )
    assert drawn.shape == empty.shape
    assert (drawn < 60).sum() > 1.2 * (empty < 60).sum()
    write_diagram(found, tmp_path / "diagram.svg")
    assert "Reliability on 5 images, fitted on 4 others" in (tmp_path / "diagram.svg").read_text()


def test_bins_of_few_pairs_are_left_out_and_none_may_be_left(tmp_path: Path) -> None:
    write_diagram(check(ReliabilityBin(3, 0.1, 1.0)), tmp_path / "few.svg")
    write_diagram(check(), tmp_path / "none.svg")
    few, none = ((tmp_path / name).read_text().count("<use ") for name in ("few.svg", "none.svg"))
    assert few == none


def test_another_ending_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"must be a \.png or \.svg file"):
        write_diagram(check(), tmp_path / "diagram.pdf")
    assert not list(tmp_path.iterdir())
