from dataclasses import replace
from pathlib import Path

import pytest

from labelsphere.comparison import demo
from labelsphere.comparison.demo import FULL, QUICK, run_demo
from labelsphere.datasets import read_icons


def test_both_forms_compare_what_can_be_compared() -> None:
    for recipe in (FULL, QUICK):
        assert recipe.settings.architecture.backbone != "mlp"
        assert recipe.settings.seeds
    assert FULL.images is None
    assert len(FULL.settings.rates) > 1


def test_a_part_of_the_icons_end_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    training = replace(QUICK.settings.training, steps=3, batch_size=16)
    settings = replace(QUICK.settings, training=training, evaluations=1, resamples=5, examples=2)
    images = {"train": 200, "val": 60, "test": 60}
    monkeypatch.setattr(demo, "QUICK", replace(QUICK, settings=settings, images=images))
    found = run_demo(tmp_path / "out", quick=True)
    assert found.results.data["images"] == images
    assert found.results.data["labels"] == read_icons().n_labels
    assert [method.name for method in found.results.methods] == ["sphere", "logistic", "paper"]
    assert (tmp_path / "out" / "report.html").stat().st_size > 10_000
