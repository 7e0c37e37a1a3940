"""Metrics of a finished training."""

from pathlib import Path

import numpy as np
import pytest

from labelsphere.annotations import Annotations
from labelsphere.cli.training_report import print_training, training_json
from labelsphere.metrics import metric_definitions
from labelsphere.tagger import Architecture, Tagger
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.pipeline import Trained
from labelsphere.tagger.report import MetricValue, Quality, TrainingReport
from labelsphere.tagger.training import TrainingRecord
from labelsphere.tagger.training_rows import TrainingRows
from labelsphere.tagger.validation_point import ValidationPoint

MEASURED = {"precision@1": MetricValue(0.75, 0.5, 1.0), "class_ap": MetricValue(0.25, 0.125, 0.375)}


def trained(losses: list[float], *, measured: bool = True) -> Trained:
    labels = LabelContext.of(Annotations.from_lists([["a"], ["b"]]))
    settings = {"kind": "features", "mean": [0.0], "scale": [1.0]}
    tagger = Tagger(Architecture("mlp", {"hidden": 3}, "logistic"), labels, settings, (1,))
    rows = TrainingRows(np.arange(5), np.arange(2), np.arange(4), 3, unreadable=0)
    definitions = {key: metric_definitions()[key] for key in MEASURED}
    quality = Quality("test", 4, MEASURED, {"1-9": MEASURED}, {"1-9": 2}, definitions)
    report = TrainingReport(
        "logistic",
        (),
        {"train": 5, "val": 2, "test": 4},
        {"no known tag": 3},
        30,
        2.5,
        20,
        quality if measured else None,
    )
    return Trained(
        tagger,
        rows,
        TrainingRecord(30, 2.5, [ValidationPoint(30, 2.5, {"map@1": 0.5})], losses),
        report,
    )


def test_json_holds_everything() -> None:
    result = training_json(trained([9.0] * 10 + [3.0] * 10 + [1.0] * 10), Path("out"))
    assert result["loss"] == 2.0
    assert result["images"] == {"train": 5, "val": 2, "test": 4}
    assert result["left_out"] == {"no known tag": 3}
    # Linear 1 × 3 and its normalisation, then 3 × 2; the biases included.
    assert result["parameters"] == (3 + 3) + 6 + (6 + 2)
    assert result["history"] == [{"step": 30, "seconds": 2.5, "values": {"map@1": 0.5}}]
    assert result["quality"]["values"]["class_ap"] == {"value": 0.25, "low": 0.125, "high": 0.375}


def test_the_table_defines_what_it_shows(capsys: pytest.CaptureFixture[str]) -> None:
    print_training(trained([1.0]))
    printed = " ".join(capsys.readouterr().out.split())
    assert "Quality on 4 test images" in printed
    for key, measured in MEASURED.items():
        assert f"{measured.value:.4f}" in printed
        assert f"{key}: {metric_definitions()[key]}" in printed


def test_without_test_images_and_steps_there_is_neither_metric_nor_loss(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_training(trained([], measured=False))
    printed = capsys.readouterr().out
    assert "Quality" not in printed
    assert "Loss" not in printed
