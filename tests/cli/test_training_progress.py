"""Progress of a training on stderr."""

import numpy as np
import pytest

from labelsphere.annotations import Annotations
from labelsphere.cli.training_progress import TrainingProgress
from labelsphere.tagger import Architecture, Tagger, TrainingSettings
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.training_rows import TrainingRows
from labelsphere.tagger.validation_point import ValidationPoint

NONE = np.array([], np.int64)


def small_tagger() -> Tagger:
    labels = LabelContext.of(Annotations.from_lists([["a"], ["b"]]))
    settings = {"kind": "features", "mean": [0.0], "scale": [1.0]}
    return Tagger(Architecture("mlp", {"hidden": 3}, "logistic"), labels, settings, (1,))


def test_a_step_prints_loss_and_rate_and_then_speed() -> None:
    calls: list[tuple[object, ...]] = []
    settings = TrainingSettings(rate=0.5, schedule="cosine", warmup=0.0, batch_size=4)
    watch = TrainingProgress(lambda *arguments: calls.append(arguments)).watch()
    assert watch.on_step is not None
    assert watch.on_start is not None
    watch.on_start(small_tagger(), TrainingRows(np.arange(9), NONE, NONE, 2, 0), settings)
    for step, loss in enumerate([4.0, 2.0], start=1):
        watch.on_step(step, 2, loss)
    assert calls[0] == ("training", 1, 2, "loss 4, rate 0.5")
    assert calls[1][:3] == ("training", 2, 2)
    # Mean of both losses; half way down a cosine.
    assert str(calls[1][3]).startswith("loss 3, rate 0.25, ")
    assert str(calls[1][3]).endswith(" images/s")


def test_a_validation_prints_its_metrics(capsys: pytest.CaptureFixture[str]) -> None:
    watch = TrainingProgress(lambda *_: None).watch()
    assert watch.on_validation is not None
    keys = ("image_ap", "precision@1", "recall@10", "map@100", "ndcg@5")
    values = {key: number / 10 for number, key in enumerate(keys)}
    watch.on_validation(2.5, ValidationPoint(1250, 9.0, values))
    assert capsys.readouterr().err == (
        "epoch 2.5, step 1,250, validation: image_ap 0.0000, precision@1 0.1000, "
        "recall@10 0.2000, map@100 0.3000\n"
    )


def test_the_start_prints_what_is_left_out_and_what_is_trained(
    capsys: pytest.CaptureFixture[str],
) -> None:
    watch = TrainingProgress(lambda *_: None).watch()
    assert watch.on_start is not None
    rows = TrainingRows(np.arange(9), np.arange(2), NONE, 2, 0, 1)
    watch.on_start(small_tagger(), rows, TrainingSettings())
    lines = capsys.readouterr().err.splitlines()
    assert lines[:2] == [
        "2 images left out: no known tag",
        "1 image left out: no tag with an embedding in the label space",
    ]
    assert lines[2].startswith("mlp: 20 parameters, 2 outputs, 2 labels; 9 images to train on, 2 ")
