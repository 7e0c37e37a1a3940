import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from labelsphere.annotations import Annotations
from labelsphere.arrays import AnyArray, IntArray
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger import (
    Architecture,
    DivergedError,
    Hooks,
    Tagger,
    TrainingRecord,
    TrainingSettings,
)
from labelsphere.tagger.inputs import FeatureInputs, ImageInputs
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.network import build_network
from labelsphere.tagger.objectives import Logistic
from labelsphere.tagger.training import TrainingData, train_network
from labelsphere.tagger.validation_point import ValidationPoint

Features = Callable[..., tuple[Annotations, AnyArray]]
SETTINGS = TrainingSettings(steps=30, batch_size=32, rate=0.01, precision="float32")


def trained(
    planted: tuple[Annotations, AnyArray],
    settings: TrainingSettings,
    objective: str = "logistic",
    **options: Any,
) -> tuple[Tagger, TrainingRecord]:
    tags, features = planted
    inputs = FeatureInputs(features)
    labels = LabelContext.of(tags, LabelSpace.fit(tags) if objective == "cosine" else None)
    architecture = Architecture("mlp", {"hidden": 16, "drop_rate": 0.1}, objective)
    tagger = Tagger(
        architecture, labels, inputs.settings(), inputs.sample_shape, seed=settings.seed
    )
    return tagger, tagger.fit(tags, inputs, settings, **options)


def weights(tagger: Tagger) -> list[AnyArray]:
    return [value.numpy() for value in tagger.network.state_dict().values()]


def same(ours: list[AnyArray], theirs: list[AnyArray]) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(ours, theirs, strict=True))


@pytest.mark.parametrize("objective", ["cosine", "logistic"])
def test_learns_coloured_squares(
    coloured_squares: Callable[..., Annotations], tiny: Architecture, objective: str
) -> None:
    tags = coloured_squares(160)
    train, test = tags.rows_where("split", "train"), tags.rows_where("split", "test")
    assert tags.pictures is not None
    inputs = ImageInputs(tags.pictures, size=24)
    space = LabelSpace.fit(tags.select(train)) if objective == "cosine" else None
    tagger = Tagger(
        replace(tiny, objective=objective),
        LabelContext.of(tags.select(train), space),
        inputs.settings(),
        inputs.sample_shape,
    )
    record = tagger.fit(tags, inputs, replace(SETTINGS, steps=40), rows=train, group="base")
    found = tagger.tag_inputs(inputs, 1, rows=test)
    right = [
        best[0].label in tags.tags_of(row) for row, best in zip(test.tolist(), found, strict=True)
    ]
    assert np.mean(right) > 0.95
    # Of ten tags three are true: the cosine rises from about 0 to 1, the cross-entropy falls
    # from that of the prior.
    assert (
        np.mean(record.losses[-5:])
        < {"cosine": -0.7, "logistic": 0.6 * record.losses[0]}[objective]
    )


def test_equal_seeds_give_equal_weights_and_others_others(planted_features: Features) -> None:
    planted = planted_features()
    first, record = trained(planted, SETTINGS)
    again, same_record = trained(planted, SETTINGS)
    other, _ = trained(planted, replace(SETTINGS, seed=1))
    assert same(weights(first), weights(again))
    assert record.losses == same_record.losses
    assert not same(weights(first), weights(other))


def test_the_number_of_workers_changes_nothing(planted_features: Features) -> None:
    planted = planted_features()
    alone, _ = trained(planted, SETTINGS)
    helped, _ = trained(planted, SETTINGS, workers=3)
    assert same(weights(alone), weights(helped))


def test_does_not_depend_on_what_was_drawn_before(planted_features: Features) -> None:
    planted = planted_features()
    first, _ = trained(planted, SETTINGS)
    torch.rand(1000)
    again, _ = trained(planted, SETTINGS)
    assert same(weights(first), weights(again))


@pytest.mark.parametrize("objective", ["cosine", "logistic"])
def test_bfloat16_comes_close_to_float32(planted_features: Features, objective: str) -> None:
    planted = planted_features()
    _, exact = trained(planted, SETTINGS, objective)
    _, rounded = trained(planted, replace(SETTINGS, precision="bfloat16"), objective)
    assert np.isfinite(rounded.losses).all()
    assert rounded.losses != exact.losses
    np.testing.assert_allclose(rounded.losses, exact.losses, rtol=0.1, atol=0.05)


def test_one_step_is_the_gradient_of_the_loss(planted_features: Features) -> None:
    """Against a step written out by hand: order, labels, rate and optimizer are as they say."""
    tags, features = planted_features()
    settings = TrainingSettings(
        steps=1,
        batch_size=400,
        rate=0.5,
        optimizer="rmsprop",
        schedule="constant",
        warmup=0.0,
        weight_decay=0.0,
        precision="float32",
    )
    architecture = Architecture("mlp", {"layers": 0}, "logistic")
    inputs = FeatureInputs(features)
    tagger = Tagger(architecture, LabelContext.of(tags), inputs.settings(), inputs.sample_shape)
    before = {k: v.double().numpy() for k, v in tagger.network.state_dict().items()}
    record = tagger.fit(tags, inputs, settings)
    truth = (tags.matrix.toarray() != 0).astype(np.float64)
    logits = features.astype(np.float64) @ before["head.weight"].T + before["head.bias"]
    residual = 1 / (1 + np.exp(-logits)) - truth
    expected_loss = (np.logaddexp(0, logits) - truth * logits).sum() / 400
    assert record.losses == [pytest.approx(expected_loss, rel=1e-5)]
    gradient = residual.T @ features / 400
    expected = before["head.weight"] - 0.5 * gradient / np.sqrt(0.9 + 0.1 * gradient**2 + 1)
    found = tagger.network.state_dict()["head.weight"]
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-6)


def test_the_gradient_is_shortened_to_the_clip(planted_features: Features) -> None:
    planted = planted_features()
    settings = replace(SETTINGS, steps=1, optimizer="rmsprop", weight_decay=0.0)
    moved = []
    for clip in (0.0, 1e-3):
        settings = replace(settings, clip=clip)
        start, _ = trained(planted, replace(settings, rate=1e-12))
        end, _ = trained(planted, settings)
        steps = [b - a for (a, b) in zip(weights(start), weights(end), strict=True) if a.ndim == 2]
        moved.append(np.sqrt(sum(np.square(step).sum() for step in steps)))
    # Epsilon of one inside the root: a short gradient moves weights by rate · gradient / √1.9.
    assert moved[0] > 10 * moved[1]
    assert moved[1] <= 0.01 * 1e-3 / np.sqrt(1.9) * 1.01


def test_a_diverged_training_says_at_which_step_and_rate(planted_features: Features) -> None:
    settings = replace(SETTINGS, rate=1e30, optimizer="rmsprop", schedule="constant", warmup=0.0)
    with pytest.raises(DivergedError, match=r"the loss became \S+ at step \d+ with rate 1e\+30"):
        trained(planted_features(), settings)


class Watched(FeatureInputs):
    """Feature vectors that note which rows the network is given."""

    def __init__(self, matrix: AnyArray) -> None:
        super().__init__(matrix)
        self.asked: list[IntArray] = []

    def batch(self, rows: IntArray, *, training: bool, seed: int = 0) -> torch.Tensor:
        self.asked.append(rows)
        return super().batch(rows, training=training, seed=seed)


def test_one_of_each_group_is_taken_an_epoch(planted_features: Features) -> None:
    tags, features = planted_features(64)
    groups = np.random.default_rng(0).integers(0, 16, 64)
    groups[:16] = np.arange(16)
    inputs = Watched(features)
    network = build_network("mlp", tags.n_labels, (20,), options={"hidden": 8})
    data = TrainingData(inputs, tags.matrix, np.arange(64), groups)
    settings = replace(SETTINGS, steps=None, epochs=6, batch_size=8)
    record = train_network(network, Logistic(tags.label_counts(), 64), data, settings)
    assert record.steps == len(inputs.asked) == 12
    epochs = [np.concatenate(inputs.asked[i : i + 2]) for i in range(0, 12, 2)]
    assert all(sorted(groups[epoch]) == list(range(16)) for epoch in epochs)
    assert len({tuple(sorted(epoch)) for epoch in epochs}) == 6


def test_all_objectives_meet_the_rows_in_the_same_order(planted_features: Features) -> None:
    tags, features = planted_features(64)
    met = []
    for objective in ("logistic", "cosine"):
        inputs = Watched(features)
        space = LabelSpace.fit(tags) if objective == "cosine" else None
        labels = LabelContext.of(tags, space)
        architecture = Architecture("mlp", {"hidden": 8}, objective)
        tagger = Tagger(architecture, labels, inputs.settings(), inputs.sample_shape)
        tagger.fit(tags, inputs, replace(SETTINGS, batch_size=8))
        met.append(np.concatenate(inputs.asked).tolist())
    assert met[0] == met[1]


def test_hooks_are_called_when_they_should_be(planted_features: Features) -> None:
    steps: list[tuple[int, int]] = []
    evaluated: list[tuple[int, float, bool]] = []
    networks: list[nn.Module] = []

    def evaluate(step: int, seconds: float) -> ValidationPoint:
        evaluated.append((step, seconds, networks[0].training))
        time.sleep(0.2)
        return ValidationPoint(step, seconds, {})

    tags, features = planted_features()
    inputs = FeatureInputs(features)
    labels = LabelContext.of(tags)
    tagger = Tagger(
        Architecture("mlp", {"hidden": 8}, "logistic"),
        labels,
        inputs.settings(),
        inputs.sample_shape,
    )
    networks.append(tagger.network)
    modes: list[bool] = []

    def on_step(step: int, total: int, loss: float) -> None:
        steps.append((step, total))
        modes.append(tagger.network.training)
        assert np.isfinite(loss)

    hooks = Hooks(on_step=on_step, evaluate=evaluate, evaluate_at={10, 20, 30})
    started = time.perf_counter()
    record = tagger.fit(tags, inputs, SETTINGS, hooks=hooks)
    wall = time.perf_counter() - started
    assert steps == [(step, 30) for step in range(1, 31)]
    assert [step for step, _, _ in evaluated] == [10, 20, 30]
    # Evaluated in evaluation mode, trained in training mode, left in evaluation mode.
    assert not any(mode for _, _, mode in evaluated)
    assert all(modes)
    assert not tagger.network.training
    assert [point.step for point in record.history] == [10, 20, 30]
    # Three evaluations of 0.2 seconds do not count as training.
    assert 0 < evaluated[0][1] <= evaluated[1][1] <= evaluated[2][1] <= record.seconds
    assert record.seconds < wall - 0.6


@pytest.mark.parametrize(
    ("scores", "kept"),
    [([0.2, 0.5, 0.4], 1), ([0.3, 0.3, 0.1], 0), ([float("nan"), 0.0, float("nan")], 1)],
)
def test_the_network_ends_with_the_weights_that_validated_best(
    planted_features: Features, scores: list[float], kept: int
) -> None:
    tags, features = planted_features(64)
    inputs = FeatureInputs(features)
    labels = LabelContext.of(tags)
    architecture = Architecture("mlp", {"hidden": 8}, "logistic")
    tagger = Tagger(architecture, labels, inputs.settings(), inputs.sample_shape)
    met: list[list[AnyArray]] = []

    def measure(step: int, seconds: float) -> ValidationPoint:
        met.append([array.copy() for array in weights(tagger)])
        return ValidationPoint(step, seconds, {"image_ap": scores[len(met) - 1]})

    hooks = Hooks(evaluate=measure, evaluate_at=(2, 4, 6), keep_best="image_ap")
    record = tagger.fit(tags, inputs, replace(SETTINGS, steps=7), hooks=hooks)
    assert record.best_step == 2 * (kept + 1)
    assert same(weights(tagger), met[kept])
    assert not same(weights(tagger), met[(kept + 1) % 3])
    assert [point.values["image_ap"] for point in record.history][kept] == scores[kept]


def test_a_single_image_is_refused_where_batches_are_normalised(planted_features: Features) -> None:
    tags, features = planted_features(1)
    with pytest.raises(UsageError, match=r"at least 2 images .* batch of 1 from 1 training images"):
        trained((tags, features), SETTINGS)
