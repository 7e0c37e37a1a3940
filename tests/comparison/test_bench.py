from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from labelsphere.comparison.bench import Bench
from labelsphere.metrics import DenseScores, evaluate
from labelsphere.recipes import parse_recipe
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture
from labelsphere.tagger.inputs import FeatureInputs

PAPER = parse_recipe("paper+dim=3")


def test_a_space_is_fitted_once_on_the_training_images_tags(bench: Bench) -> None:
    told: list[tuple[Any, ...]] = []
    bench.on_progress = lambda *args: told.append(args)
    space = bench.space(PAPER)
    expected = LabelSpace.fit(bench.protocol.calibration, dim=3)
    assert space is not None
    np.testing.assert_allclose(space.vectors, expected.vectors, atol=1e-6)
    assert bench.space(parse_recipe("paper+dim=3")) is space
    assert bench.space(parse_recipe("logistic")) is None
    assert len(told) == 2
    assert bench.protocol.calibration.n_images == len(bench.protocol.train)


def test_labels_are_counted_over_the_training_images(bench: Bench) -> None:
    labels = bench.labels(PAPER)
    truth = bench.protocol.tags.matrix.toarray()[bench.protocol.train]
    np.testing.assert_array_equal(labels.counts, (truth != 0).sum(axis=0))
    assert labels.n_images == len(bench.protocol.train)
    assert labels.space is bench.space(PAPER)


def test_figures_are_those_of_evaluate(bench: Bench) -> None:
    rows = bench.protocol.test
    scores = DenseScores(np.random.default_rng(0).normal(size=(len(rows), 12)))
    expected = evaluate(
        scores,
        bench.protocol.tags.matrix[rows],
        label_counts=bench.protocol.calibration.label_counts(),
        n_images=bench.protocol.calibration.n_images,
        per_class=False,
    )
    assert bench.evaluate(scores, rows, per_class=False).values == expected.values
    # What spaces and priors are computed from has no part in it.
    few = bench.protocol.calibration.select([0])
    other = replace(bench, protocol=replace(bench.protocol, calibration=few))
    assert other.evaluate(scores, rows, per_class=False).values == expected.values


def changed(bench: Bench, **settings: Any) -> Bench:
    return replace(bench, settings=replace(bench.settings, **settings))


@pytest.mark.parametrize(
    "settings",
    [
        {"rates": (0.5,)},
        {"seeds": (7,)},
        {"rate_share": 0.9},
        {"examples": 1},
        {"resamples": 11},
        {"budgets": (0.5, 1.0)},
        {"constant": True},
        {"rivals": ("logistic",)},
        {"device": "cpu"},
        {"workers": 3},
    ],
)
def test_runs_are_the_same_whatever_else_is_run(bench: Bench, settings: dict[str, Any]) -> None:
    assert changed(bench, **settings).identity(PAPER) == bench.identity(PAPER)


def other_backbone(bench: Bench) -> Bench:
    return changed(bench, architecture=Architecture("mlp", {"hidden": 17}))


def other_optimizer(bench: Bench) -> Bench:
    return changed(bench, training=replace(bench.settings.training, optimizer="rmsprop"))


def other_group(bench: Bench) -> Bench:
    return changed(bench, group="split")


def more_evaluations(bench: Bench) -> Bench:
    return changed(bench, evaluations=4)


def other_weights(bench: Bench) -> Bench:
    return changed(bench, pretrained=True)


def fewer_rows(bench: Bench) -> Bench:
    return replace(bench, protocol=replace(bench.protocol, train=bench.protocol.train[1:]))


def other_tags(bench: Bench) -> Bench:
    tags = bench.protocol.tags
    shuffled = tags.select(np.roll(np.arange(tags.n_images), 1))
    return replace(bench, protocol=replace(bench.protocol, tags=shuffled))


def other_learned(bench: Bench) -> Bench:
    learned = bench.protocol.learned[::-1]
    return replace(bench, protocol=replace(bench.protocol, learned=learned))


def other_calibration(bench: Bench) -> Bench:
    calibration = bench.protocol.calibration
    fewer = calibration.select(np.arange(calibration.n_images - 1))
    return replace(bench, protocol=replace(bench.protocol, calibration=fewer))


def other_features(bench: Bench) -> Bench:
    assert isinstance(bench.inputs, FeatureInputs)
    return replace(bench, inputs=FeatureInputs(bench.inputs.matrix * np.float32(1.01)))


def other_scale(bench: Bench) -> Bench:
    assert isinstance(bench.inputs, FeatureInputs)
    return replace(bench, inputs=bench.inputs.fitted(bench.protocol.train))


@pytest.mark.parametrize(
    "change",
    [
        other_backbone,
        other_optimizer,
        other_group,
        more_evaluations,
        other_weights,
        fewer_rows,
        other_tags,
        other_learned,
        other_calibration,
        other_features,
        other_scale,
    ],
)
def test_a_run_of_anything_else_is_another(bench: Bench, change: Callable[[Bench], Bench]) -> None:
    assert change(bench).identity(PAPER) != bench.identity(PAPER)


def test_methods_have_runs_of_their_own(bench: Bench) -> None:
    methods = ["logistic", "paper", "paper+dim=3", "paper+dim=3+exponent=0"]
    assert len({bench.identity(parse_recipe(method)) for method in methods}) == 4
