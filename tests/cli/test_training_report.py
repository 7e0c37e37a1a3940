"""The figures of a finished training."""

from pathlib import Path

import numpy as np
import pytest

from labelsphere.annotations import Annotations
from labelsphere.cli.training_report import print_training, training_json
from labelsphere.metrics import metric_definitions
from labelsphere.tagger import Architecture, Tagger
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.plan import Trained
from labelsphere.tagger.training import TrainingRecord
from labelsphere.tagger.training_rows import TrainingRows

SHOWN = {"map@100": 0.25, "weighted_map@100": 0.5, "precision@1": 0.75, "recall@10": 1.0}


def trained(losses: list[float], history: list[dict]) -> Trained:
    labels = LabelContext.of(Annotations.from_lists([["a"], ["b"]]))
    settings = {"kind": "features", "mean": [0.0], "scale": [1.0]}
    tagger = Tagger(Architecture("mlp", {"hidden": 3}, "logistic"), labels, settings, (1,))
    rows = TrainingRows(np.arange(5), np.arange(2), without_known_tag=3, unreadable=0)
    return Trained(tagger, rows, TrainingRecord(30, 2.5, history, losses))


def test_json_holds_everything() -> None:
    history = [{"step": 30, "seconds": 2.5, "values": SHOWN}]
    result = training_json(trained([9.0] * 10 + [3.0] * 10 + [1.0] * 10, history), Path("out"))
    assert result["loss"] == 2.0
    assert result["images"] == {"train": 5, "val": 2}
    assert result["left_out"] == {"no known tag": 3}
    # Linear 1 × 3 and its normalisation, then 3 × 2; the biases included.
    assert result["parameters"] == (3 + 3) + 6 + (6 + 2)
    assert result["history"] == history


def test_the_table_defines_what_it_shows(capsys: pytest.CaptureFixture[str]) -> None:
    print_training(trained([1.0], [{"step": 30, "seconds": 2.5, "values": SHOWN}]))
    printed = " ".join(capsys.readouterr().out.split())
    for key, value in SHOWN.items():
        assert f"{value:.4f}" in printed
        assert f"{key}: {metric_definitions()[key]}" in printed


def test_without_validation_and_steps_there_is_neither_figure_nor_loss(
    capsys: pytest.CaptureFixture[str],
) -> None:
    print_training(trained([], []))
    printed = capsys.readouterr().out
    assert "validation" not in printed
    assert "Loss" not in printed
