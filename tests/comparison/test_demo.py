from dataclasses import replace
from pathlib import Path

import pytest

from labelsphere.comparison import demo
from labelsphere.comparison.demo import FULL, QUICK, run_demo
from labelsphere.datasets import read_icons
from labelsphere.tagger import Tagger, TrainingSettings


def test_both_forms_compare_what_can_be_compared() -> None:
    for recipe in (FULL, QUICK):
        assert recipe.compared.architecture.backbone == "mlp"
        assert recipe.compared.seeds
    assert FULL.images is None
    assert len(FULL.compared.rates) > 1


def test_a_part_of_the_icons_end_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABELSPHERE_CACHE", str(tmp_path / "cache"))
    training = TrainingSettings(steps=3, batch_size=16)
    compared = replace(QUICK.compared, training=training, evaluations=1, resamples=5, examples=2)
    images = {"train": 200, "val": 60, "test": 60}
    short = replace(QUICK, image_size=32, compared=compared, images=images)
    monkeypatch.setattr(demo, "QUICK", short)
    done = run_demo(tmp_path / "out", quick=True)
    results = done.comparison.results
    assert results.data["images"] == images
    assert results.data["labels"] == read_icons().n_labels
    assert [method.name for method in results.methods] == ["sphere", "logistic", "paper"]
    assert set(results.delivered) == {"sphere", "logistic", "paper"}
    tagger = Tagger.load(done.tagger)
    assert not tagger.takes_features
    assert tagger.report == done.trained.report
    # The tagger is the one that was compared.
    quality, compared_as = done.trained.report.quality, results.delivered["sphere"]
    assert quality is not None
    assert quality.values["image_ap"].value == pytest.approx(compared_as["image_ap"].value)
    page = (tmp_path / "out" / "report.html").read_text()
    icons, compared_with = (
        page.index(f"<h2>{title}") for title in ("Icons and their tags", "Compared with other")
    )
    assert icons < compared_with
    gallery = page[icons:compared_with]
    assert 0 < gallery.count("data:image/png;base64,") <= 24
    # The demo may be repeated in its folder.
    run_demo(tmp_path / "out", quick=True, overwrite=True)
