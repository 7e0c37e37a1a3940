"""Validation while training: the figures of `evaluate`, at the ends of epochs."""

from collections.abc import Callable

import numpy as np
import pytest

from labelsphere.annotations import Annotations
from labelsphere.arrays import AnyArray
from labelsphere.metrics import DenseScores, evaluate
from labelsphere.tagger import Architecture, Tagger, TrainingSettings
from labelsphere.tagger.inputs import EpochOrder, FeatureInputs
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.validation import epoch_ends, validation_hook


def test_the_hook_measures_what_the_network_says_of_the_rows(
    planted_features: Callable[..., tuple[Annotations, AnyArray]],
) -> None:
    tags, features = planted_features(60)
    inputs, rows = FeatureInputs(features), np.arange(40, 60)
    labels = LabelContext.of(tags)
    architecture = Architecture("mlp", {"hidden": 8}, "logistic")
    tagger = Tagger(architecture, labels, inputs.settings(), inputs.sample_shape)
    found = validation_hook(tagger, tags, inputs, rows)(7, 1.5)
    scores = DenseScores(tagger.scores(inputs, rows).rows(0, 20))
    expected = evaluate(
        scores,
        tags.matrix[rows],
        label_counts=labels.counts,
        n_images=labels.n_images,
        per_class=False,
    )
    assert (found.step, found.seconds) == (7, 1.5)
    assert found.values == pytest.approx(expected.values)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (TrainingSettings(epochs=3, batch_size=4), {2: 1.0, 4: 2.0, 6: 3.0}),
        (TrainingSettings(steps=5, batch_size=4), {2: 1.0, 4: 2.0, 5: 2.5}),
        (TrainingSettings(steps=1, batch_size=4), {1: 0.5}),
        (TrainingSettings(epochs=0.1, batch_size=4), {1: 0.5}),
    ],
)
def test_every_epoch_ends_once_and_the_last_step_is_one(
    settings: TrainingSettings, expected: dict[int, float]
) -> None:
    assert epoch_ends(np.arange(3, 12), None, settings) == expected


def test_an_epoch_of_groups_has_as_many_steps_as_its_order() -> None:
    groups = np.array([0, 0, 1, 1, 2, 3, 3, 3, 4, 5])
    rows = np.arange(1, 10)
    ends = epoch_ends(rows, groups, TrainingSettings(epochs=2, batch_size=2))
    steps = EpochOrder(len(rows), 2, 0, groups[rows]).steps_per_epoch
    assert list(ends) == [steps, 2 * steps]
