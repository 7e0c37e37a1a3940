"""Trained weights know more of the icons than random ones: the reason for all of this."""

from pathlib import Path

import numpy as np
import pytest

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.datasets import icons_path, read_icons
from labelsphere.metrics import evaluate
from labelsphere.tagger import Architecture, Tagger, TrainingSettings
from labelsphere.tagger.features import frozen_features
from labelsphere.tagger.inputs import ImageInputs
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.pretrained import resolve_pretrained

LABELS = 20
TRAIN, TEST = 240, 120


def test_a_head_on_trained_weights_beats_one_on_random_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABELSPHERE_CACHE", str(tmp_path))
    icons = read_icons()
    most = np.argsort(icons.label_counts())[::-1][:LABELS]
    names = [icons.vocabulary[number] for number in most.tolist()]
    tags = Annotations.read(icons_path(), vocabulary=Vocabulary(names))
    tagged = np.flatnonzero(np.diff(tags.matrix.indptr) > 0)
    chosen = np.random.default_rng(0).choice(tagged, TRAIN + TEST, replace=False)
    tags = tags.select(chosen)
    assert tags.pictures is not None
    train, test = np.arange(TRAIN), np.arange(TRAIN, TRAIN + TEST)
    found = {}
    for name in ("none", "lite0"):
        weights = resolve_pretrained(name, "tf_efficientnet_lite0")
        mean, std = weights.normalisation
        inputs = ImageInputs(tags.pictures, 64, mean=mean, std=std)
        features = frozen_features(inputs, weights, None, device="cpu").fitted(train)
        tagger = Tagger(
            Architecture("mlp", {"hidden": 128}, "logistic"),
            LabelContext.of(tags.select(train), None),
            features.settings(),
            features.sample_shape,
        )
        settings = TrainingSettings(epochs=15, batch_size=50)
        tagger.fit(tags, features, settings, rows=train, device="cpu")
        found[name] = evaluate(
            tagger.scores(features, test),
            tags.matrix[test],
            label_counts=tagger.labels.counts,
            per_class=False,
        ).values["image_ap"]
    assert found["lite0"] > 1.15 * found["none"], found
