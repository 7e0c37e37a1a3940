from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.sparse import csr_array

from labelsphere.annotations import Annotations
from labelsphere.comparison.experiment import Experiment
from labelsphere.metrics import DenseScores, evaluate
from labelsphere.recipes import parse_recipe
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture
from labelsphere.tagger.inputs import FeatureInputs

PAPER = parse_recipe("paper+dim=3")


def test_a_space_is_fitted_once_on_the_training_images_tags(experiment: Experiment) -> None:
    told: list[tuple[Any, ...]] = []
    experiment.on_progress = lambda *args: told.append(args)
    space = experiment.space(PAPER)
    expected = LabelSpace.fit(experiment.protocol.calibration, dim=3)
    assert space is not None
    np.testing.assert_allclose(space.vectors, expected.vectors, atol=1e-6)
    assert experiment.space(parse_recipe("paper+dim=3")) is space
    assert experiment.space(parse_recipe("logistic")) is None
    assert len(told) == 2
    assert experiment.protocol.calibration.n_images == len(experiment.protocol.train)


def test_labels_are_counted_over_the_training_images(experiment: Experiment) -> None:
    labels = experiment.labels(PAPER)
    truth = experiment.protocol.tags.matrix.toarray()[experiment.protocol.train]
    np.testing.assert_array_equal(labels.counts, (truth != 0).sum(axis=0))
    assert labels.n_images == len(experiment.protocol.train)
    assert labels.space is experiment.space(PAPER)


def test_metrics_are_those_of_evaluate(experiment: Experiment) -> None:
    rows = experiment.protocol.test
    scores = DenseScores(np.random.default_rng(0).normal(size=(len(rows), 12)))
    expected = evaluate(
        scores,
        experiment.protocol.tags.matrix[rows],
        label_counts=experiment.protocol.calibration.label_counts(),
        n_images=experiment.protocol.calibration.n_images,
        per_class=False,
    )
    assert experiment.evaluate(scores, rows, per_class=False).values == expected.values
    # What spaces and priors are computed from has no part in it.
    few = experiment.protocol.calibration.select([0])
    other = replace(experiment, protocol=replace(experiment.protocol, calibration=few))
    assert other.evaluate(scores, rows, per_class=False).values == expected.values


def changed(experiment: Experiment, **settings: Any) -> Experiment:
    return replace(experiment, settings=replace(experiment.settings, **settings))


def test_features_are_those_of_training_images_with_the_tags_learned(
    experiment: Experiment,
) -> None:
    method = parse_recipe("paper+method=rembrandt+dim=4")
    learned = csr_array(experiment.protocol.tags.matrix[::-1])
    protocol = replace(experiment.protocol, learned=learned, calibration=experiment.protocol.tags)
    assert isinstance(experiment.inputs, FeatureInputs)
    space = replace(experiment, protocol=protocol, _spaces={}).space(method)
    shown = replace(protocol.tags, matrix=learned).select(protocol.train)
    features = experiment.inputs.matrix[protocol.train]
    expected = LabelSpace.fit(shown, "rembrandt", 4, features=features)
    assert space is not None
    assert space.vectors.tobytes() == expected.vectors.tobytes()
    # Other features of other images, other calibration tags: neither is looked at.
    other = np.array(experiment.inputs.matrix)
    other[experiment.protocol.test] += 9
    blind = replace(protocol, calibration=protocol.calibration.select(range(3)))
    inputs = FeatureInputs(other)
    again = replace(experiment, protocol=blind, inputs=inputs, _spaces={}).space(method)
    assert again is not None
    assert again.vectors.tobytes() == space.vectors.tobytes()


def test_one_of_each_group_is_looked_at(
    coloured_squares: Callable[..., Annotations], experiment: Experiment
) -> None:
    tags = coloured_squares(40)
    protocol = replace(
        experiment.protocol, tags=tags, learned=tags.matrix, train=np.arange(24), calibration=tags
    )
    inputs = FeatureInputs(np.random.default_rng(0).normal(size=(40, 6)))
    grouped = replace(changed(experiment, group="base"), protocol=protocol, inputs=inputs)
    space = grouped.space(parse_recipe("paper+method=rembrandt+dim=3"))
    assert space is not None
    assert space.record.images == 12
    assert grouped.order.rows_per_epoch == 12


@pytest.mark.parametrize(
    "settings",
    [
        {"rates": (0.5,)},
        {"seeds": (7,)},
        {"rate_share": 0.9},
        {"examples": 1},
        {"resamples": 11},
        {"budgets": (0.5, 1.0)},
        {"baselines": ("logistic",)},
        {"equal_decoders": True},
        {"device": "cpu"},
        {"workers": 3},
    ],
)
def test_runs_are_the_same_whatever_else_is_run(
    experiment: Experiment, settings: dict[str, Any]
) -> None:
    assert changed(experiment, **settings).identity(PAPER) == experiment.identity(PAPER)


def test_a_training_of_so_many_steps_serves_every_budget(experiment: Experiment) -> None:
    longer = replace(experiment.settings.training, steps=99, epochs=3.0)
    assert changed(experiment, training=longer).identity(PAPER) == experiment.identity(PAPER)


def other_backbone(experiment: Experiment) -> Experiment:
    return changed(experiment, architecture=Architecture("mlp", {"hidden": 17}))


def other_optimizer(experiment: Experiment) -> Experiment:
    return changed(experiment, training=replace(experiment.settings.training, optimizer="rmsprop"))


def other_group(experiment: Experiment) -> Experiment:
    return changed(experiment, group="split")


def more_evaluations(experiment: Experiment) -> Experiment:
    return changed(experiment, evaluations=4)


def other_weights(experiment: Experiment) -> Experiment:
    return changed(experiment, pretrained=True)


def fewer_rows(experiment: Experiment) -> Experiment:
    return replace(
        experiment, protocol=replace(experiment.protocol, train=experiment.protocol.train[1:])
    )


def other_tags(experiment: Experiment) -> Experiment:
    tags = experiment.protocol.tags
    shuffled = tags.select(np.roll(np.arange(tags.n_images), 1))
    return replace(experiment, protocol=replace(experiment.protocol, tags=shuffled))


def other_learned(experiment: Experiment) -> Experiment:
    learned = experiment.protocol.learned[::-1]
    return replace(experiment, protocol=replace(experiment.protocol, learned=learned))


def other_calibration(experiment: Experiment) -> Experiment:
    calibration = experiment.protocol.calibration
    fewer = calibration.select(np.arange(calibration.n_images - 1))
    return replace(experiment, protocol=replace(experiment.protocol, calibration=fewer))


def other_features(experiment: Experiment) -> Experiment:
    assert isinstance(experiment.inputs, FeatureInputs)
    return replace(experiment, inputs=FeatureInputs(experiment.inputs.matrix * np.float32(1.01)))


def other_scale(experiment: Experiment) -> Experiment:
    assert isinstance(experiment.inputs, FeatureInputs)
    return replace(experiment, inputs=experiment.inputs.fitted(experiment.protocol.train))


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
def test_a_run_of_anything_else_is_another(
    experiment: Experiment, change: Callable[[Experiment], Experiment]
) -> None:
    assert change(experiment).identity(PAPER) != experiment.identity(PAPER)


def test_methods_have_runs_of_their_own(experiment: Experiment) -> None:
    methods = ["logistic", "paper", "paper+dim=3", "paper+dim=3+exponent=0"]
    assert len({experiment.identity(parse_recipe(method)) for method in methods}) == 4


def test_another_file_of_vectors_is_another_run(experiment: Experiment) -> None:
    path = experiment.folder / "words.txt"
    method = parse_recipe(f"paper+method=word-vectors+path={path}")
    identities = []
    for sign in ("", "-"):
        path.write_text(f"tag 1 {sign}1\n00 {sign}2 3\n")
        experiment._spaces.clear()
        identities.append(experiment.identity(method))
        assert experiment.identity(method) == identities[-1]
    assert identities[0] != identities[1]
