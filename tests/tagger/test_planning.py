"""Choices of a training, by table, machine and what the user has decided."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from labelsphere.annotations import Annotations
from labelsphere.arrays import AnyArray
from labelsphere.errors import UsageError
from labelsphere.json_types import from_json, to_json
from labelsphere.recipes import RECIPES
from labelsphere.tagger import TrainingOptions, TrainingSettings
from labelsphere.tagger.choices import Machine, TrainingChoice
from labelsphere.tagger.inputs import FeatureInputs, ImageInputs
from labelsphere.tagger.planning import plan_training

CPU, GPU = Machine(gpu=False, cores=2), Machine(gpu=True, cores=16)
LITE0 = {"pretrained": "lite0"}


@pytest.fixture
def squares(coloured_squares: Callable[..., Annotations]) -> Annotations:
    return coloured_squares(40)


def chosen(tags: Annotations, machine: Machine = CPU, **options: Any) -> dict[str, TrainingChoice]:
    plan = plan_training(tags, TrainingOptions(**options), machine=machine)
    return {choice.subject: choice for choice in plan.choices}


def test_without_gpu_features_are_frozen_and_with_one_the_backbone_is_trained_after(
    squares: Annotations,
) -> None:
    on_cpu = plan_training(squares, TrainingOptions(**LITE0), machine=CPU)
    assert on_cpu.frozen is not None
    assert on_cpu.frozen.finetune is None
    on_gpu = plan_training(squares, TrainingOptions(**LITE0), machine=GPU)
    assert on_gpu.frozen is not None
    assert on_gpu.frozen.finetune is not None
    assert on_gpu.frozen.finetune.rate == on_gpu.settings.rate / 10
    whole = plan_training(squares, TrainingOptions(**LITE0, freeze=False), machine=CPU)
    assert whole.frozen is None
    assert whole.weights is not None


def test_without_weights_a_small_network_is_trained_and_how_to_get_weights_is_said(
    squares: Annotations,
) -> None:
    plan = plan_training(squares, TrainingOptions(pretrained="none"), machine=CPU)
    assert (plan.architecture.backbone, plan.weights, plan.frozen) == ("resnet10t", None, None)
    assert isinstance(plan.inputs, ImageInputs)
    assert plan.inputs.sample_shape == (3, 64, 64)
    assert plan.inputs.settings()["augment"] == "shift"


@pytest.mark.parametrize(
    ("count", "machine", "size"),
    [(40, CPU, 224), (24_000, CPU, 160), (24_000, GPU, 224), (10**6, CPU, 64)],
)
def test_pictures_are_as_large_as_the_machine_can_take(
    squares: Annotations, count: int, machine: Machine, size: int
) -> None:
    assert squares.pictures is not None
    rows = np.arange(count) % 40
    many = replace(
        squares.select(np.arange(40)),
        image_ids=[str(row) for row in range(count)],
        matrix=squares.matrix[rows],
        pictures=squares.pictures.select(rows),
        columns=pl.DataFrame(),
    )
    assert f"{size} × {size} pixels" in chosen(many, machine, **LITE0)["pictures"].value
    assert "32 × 32 pixels" in chosen(many, machine, **LITE0, image_size=32)["pictures"].value


def test_small_tables_get_more_epochs_and_large_ones_fifteen(
    planted_features: Callable[..., tuple[Annotations, AnyArray]],
) -> None:
    def epochs(rows: int, **settings: Any) -> float:
        tags, features = planted_features(rows)
        options = TrainingOptions(settings=settings)
        plan = plan_training(tags, options, inputs=FeatureInputs(features), machine=CPU)
        return plan.settings.epochs

    # 80 % of the images, 128 a step, 600 steps at least.
    assert epochs(3200) == 30
    assert epochs(9600) == 15
    assert epochs(100) == 100
    assert epochs(100, epochs=3.0) == 3


def test_the_rate_is_the_methods_own_unless_given(squares: Annotations) -> None:
    for name in ("sphere", "logistic"):
        plan = plan_training(squares, TrainingOptions(method=name, **LITE0), machine=CPU)
        assert plan.settings.rate == RECIPES[name].rate
        assert plan.method == name
    given = TrainingOptions(settings={"rate": 0.5}, **LITE0)
    assert plan_training(squares, given, machine=CPU).settings.rate == 0.5
    settings = TrainingSettings(steps=3)
    plan = plan_training(squares, TrainingOptions(**LITE0), settings=settings, machine=CPU)
    assert plan.settings is settings


def test_every_choice_says_why_and_how_to_change_it(squares: Annotations) -> None:
    choices = chosen(squares, **LITE0)
    assert list(choices) == [
        "method",
        "label space",
        "split",
        "backbone",
        "training",
        "pictures",
        "length",
        "thresholds",
    ]
    for choice in choices.values():
        assert choice.option.startswith(("--", "labelsphere "))
        assert choice.reason
        assert "\n" not in choice.line()
        assert from_json(TrainingChoice, to_json(choice)) == choice
    assert "no GPU, 2 cores" in choices["training"].reason
    assert chosen(squares, method="logistic", **LITE0)["method"].reason == "as given"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"settings": {"epoch": 3}}, "no setting 'epoch'; settings of a training: epochs"),
        ({"settings": {"epochs": 3.0, "steps": 3}}, "give one"),
        ({"settings": {"rate": 0.0}}, "rate must be above 0"),
        ({"decoder": "best"}, "decoder must be one of"),
        ({"objective": "hinge"}, "objective must be one of"),
        ({"objective": "logistic", "method": "sphere"}, "give one of them"),
        ({"pretrained": "none", "freeze": True}, "--freeze needs pretrained weights"),
        ({"pretrained": "none", "finetune": True}, "--finetune needs --freeze"),
    ],
)
def test_contradictions_are_refused(
    squares: Annotations, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        plan_training(squares, TrainingOptions(**options), machine=CPU)


def test_pictures_options_are_refused_for_feature_vectors(
    planted_features: Callable[..., tuple[Annotations, AnyArray]],
) -> None:
    tags, features = planted_features(40)
    with pytest.raises(UsageError, match="--image-size applies to pictures"):
        plan_training(tags, TrainingOptions(image_size=32), inputs=FeatureInputs(features))
