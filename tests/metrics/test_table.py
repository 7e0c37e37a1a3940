import inspect

import pytest

from labelsphere.metrics import METRICS, metric_definitions
from labelsphere.metrics.table import ImageMetric


@pytest.mark.parametrize("name", METRICS)
def test_definition_is_one_short_sentence(name: str) -> None:
    definition = METRICS[name].definition.format(k=5)
    assert definition.endswith(".")
    assert definition.count(". ") == 0
    assert len(definition) < 200


@pytest.mark.parametrize("name", METRICS)
def test_needs_are_the_arguments_and_cutoffs_come_with_k(name: str) -> None:
    metric = METRICS[name]
    if isinstance(metric, ImageMetric):
        arguments = list(inspect.signature(metric.measure).parameters)
        assert arguments == ["true_ranks", *metric.needs]
        assert bool(metric.cutoffs) == ("cutoff" in metric.needs) == ("{k}" in metric.definition)


def test_definitions_name_the_cutoff() -> None:
    sentences = metric_definitions((3,))
    assert [key for key in sentences if "@3" in key] == [
        "precision@3",
        "recall@3",
        "ndcg@3",
        "psp@3",
    ]
    assert sentences["precision@3"].startswith("Share of true tags among an image's first 3 ")
    assert {"map@100", "weighted_map@100", "image_ap", "class_ap"} < set(sentences)
