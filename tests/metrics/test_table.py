import inspect

import pytest

from labelsphere.metrics import METRICS
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
