"""The tagger that is trained for a first look at the server."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import labelsphere as ls
from labelsphere.annotations import split_rows
from labelsphere.app.demo import RECIPE, demo_tagger
from labelsphere.app.served import TagRequest
from labelsphere.app.served_tagger import ServedTagger
from labelsphere.datasets import read_icons
from labelsphere.tagger import TrainingSettings, Watch


def test_it_is_trained_once_and_can_be_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABELSPHERE_CACHE", str(tmp_path))
    short = replace(RECIPE.compared, training=TrainingSettings(epochs=1.0))
    small = replace(RECIPE, image_size=32, images={"train": 90, "val": 30}, compared=short)
    steps: list[int] = []
    watch = Watch(on_step=lambda step, _steps, _loss: steps.append(step))
    folder = demo_tagger(watch, small)
    assert steps
    assert demo_tagger(Watch(on_step=pytest.fail), small) == folder
    assert folder.is_relative_to(tmp_path)
    tagger = ls.Tagger.load(folder)
    assert tagger.calibration is not None
    assert tagger.space is not None
    served = ServedTagger(folder)
    assert served.version.changeable
    icons = read_icons().pictures
    assert icons is not None
    assert len(served.tag([TagRequest(served.prepare(icons.read(0)), top=3)])[0].tags) == 3


def test_its_tags_are_on_many_icons_and_its_pictures_of_the_right_splits() -> None:
    tags = read_icons(RECIPE.min_count)
    assert RECIPE.images is not None
    assert tags.label_counts().min() >= RECIPE.min_count
    assert 300 < tags.n_labels < 1000
    for split, count in RECIPE.images.items():
        assert count <= len(split_rows(tags, "split", split))
    assert np.isin(list(RECIPE.images), ["train", "val"]).all()
