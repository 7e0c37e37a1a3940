"""Metrics of a report carry their intervals, and survive JSON."""

import json

import numpy as np
import pytest
from scipy.sparse import csr_array

from labelsphere.json_types import from_json, to_json
from labelsphere.metrics import DenseScores, evaluate
from labelsphere.tagger.choices import TrainingChoice
from labelsphere.tagger.report import MetricValue, Quality, TrainingReport


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (MetricValue(0.51239), "0.512"),
        (MetricValue(0.5, 0.25, 0.75), "0.500 [0.250, 0.750]"),
    ],
)
def test_a_value_is_printed_with_its_interval(value: MetricValue, text: str) -> None:
    assert str(value) == text


def test_quality_has_every_defined_metric_of_the_evaluation_and_its_interval() -> None:
    random = np.random.default_rng(0)
    truth = csr_array((random.random((40, 6)) < 0.4).astype(np.float64))
    scores = DenseScores(random.standard_normal((40, 6)).astype(np.float32))
    counts = np.array([1, 5, 20, 60, 200, 900])
    evaluation = evaluate(scores, truth, label_counts=counts, n_images=1_000)
    quality = Quality.of(evaluation, "test", resamples=20)
    spread = evaluation.intervals(20)
    defined = {key: value for key, value in evaluation.values.items() if np.isfinite(value)}
    assert quality.values == {key: MetricValue(v, *spread[key]) for key, v in defined.items()}
    assert (quality.part, quality.images) == ("test", 40)
    assert set(quality.by_frequency) == set(evaluation.by_frequency)
    choice = TrainingChoice("image size", "128 px", "as given", "--image-size N")
    report = TrainingReport("sphere", (choice,), {"train": 9}, {}, 30, 1.5, 20, quality)
    assert from_json(TrainingReport, json.loads(json.dumps(to_json(report)))) == report


def test_a_report_without_its_method_is_refused() -> None:
    with pytest.raises(TypeError, match="method"):
        from_json(TrainingReport, {"choices": [], "images": {}})
