import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from labelsphere.annotations import Annotations
from labelsphere.arrays import AnyArray
from labelsphere.errors import ArtefactError
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Hooks, Tagger, TrainingRecord, TrainingSettings
from labelsphere.tagger.inputs import FeatureInputs, ImageInputs, Inputs
from labelsphere.tagger.label_context import LabelContext
from labelsphere.tagger.validation_point import ValidationPoint

Features = Callable[..., tuple[Annotations, AnyArray]]
SETTINGS = TrainingSettings(
    steps=10, batch_size=16, rate=0.01, precision="float32", checkpoint_every=5
)
MLP = Architecture("mlp", {"hidden": 16, "drop_rate": 0.3}, "cosine")


class StoppedError(Exception):
    """What ends a training half-way."""


def stop_after(step: int) -> Callable[[int, int, float], None]:
    def on_step(done: int, total: int, loss: float) -> None:
        if done == step + 1:
            raise StoppedError

    return on_step


def fit(
    tags: Annotations,
    inputs: Inputs,
    architecture: Architecture,
    settings: TrainingSettings,
    hooks: Hooks,
    space: LabelSpace | None = None,
) -> tuple[Tagger, TrainingRecord]:
    labels = LabelContext.of(tags, space or LabelSpace.fit(tags, dim=4))
    tagger = Tagger(architecture, labels, inputs.settings(), inputs.sample_shape)
    return tagger, tagger.fit(tags, inputs, settings, hooks=hooks)


def state(tagger: Tagger) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in tagger.network.state_dict().items()}


@pytest.mark.parametrize("optimizer", ["adamw", "rmsprop"])
def test_stopped_and_resumed_is_as_if_never_stopped(
    planted_features: Features, tmp_path: Path, optimizer: str
) -> None:
    tags, features = planted_features(40)
    inputs, settings = FeatureInputs(features), replace(SETTINGS, optimizer=optimizer)
    notes: list[int] = []

    def note(step: int, seconds: float) -> ValidationPoint:
        notes.append(step)
        return ValidationPoint(step, 0.5, {"image_ap": 1 / step})

    whole, record = fit(
        tags, inputs, MLP, settings, Hooks(evaluate=note, evaluate_at={3, 5, 8, 10})
    )
    hooks = Hooks(evaluate=note, evaluate_at={3, 5, 8, 10}, checkpoint=tmp_path / "checkpoint")
    with pytest.raises(StoppedError):
        fit(tags, inputs, MLP, settings, replace(hooks, on_step=stop_after(7)))
    torch.rand(100)  # what else a process may draw in between
    resumed, rest = fit(tags, inputs, MLP, settings, hooks)
    torch.testing.assert_close(state(resumed), state(whole), rtol=0, atol=0)
    assert rest.losses == record.losses[5:]
    assert rest.history == record.history
    assert [point.step for point in rest.history] == [3, 5, 8, 10]
    assert notes == [3, 5, 8, 10, 3, 5, 8, 10]


def test_resumes_exactly_with_images_dropout_and_momentum(
    coloured_squares: Callable[..., Annotations], tmp_path: Path
) -> None:
    tags = coloured_squares(40)
    assert tags.pictures is not None
    inputs = ImageInputs(tags.pictures, size=32, augment="shift+flip")
    options = {"channels": (8, 16, 32, 64), "drop_rate": 0.2, "drop_path_rate": 0.2}
    network = Architecture("resnet10t", options, "cosine")
    settings = replace(SETTINGS, steps=6, checkpoint_every=3)
    whole, _ = fit(tags, inputs, network, settings, Hooks())
    hooks = Hooks(checkpoint=tmp_path / "checkpoint")
    with pytest.raises(StoppedError):
        fit(tags, inputs, network, settings, replace(hooks, on_step=stop_after(3)))
    resumed, _ = fit(tags, inputs, network, settings, hooks)
    torch.testing.assert_close(state(resumed), state(whole), rtol=0, atol=0)


def test_a_finished_training_is_taken_up_without_a_step(
    planted_features: Features, tmp_path: Path
) -> None:
    tags, features = planted_features(40)
    hooks = Hooks(checkpoint=tmp_path / "checkpoint")
    done, record = fit(tags, FeatureInputs(features), MLP, SETTINGS, hooks)
    again, nothing = fit(tags, FeatureInputs(features), MLP, SETTINGS, hooks)
    torch.testing.assert_close(state(again), state(done), rtol=0, atol=0)
    assert nothing.losses == []
    assert nothing.seconds == record.seconds > 0


def test_the_best_weights_survive_a_stop(planted_features: Features, tmp_path: Path) -> None:
    tags, features = planted_features(40)
    inputs = FeatureInputs(features)

    def falls(step: int, seconds: float) -> ValidationPoint:
        return ValidationPoint(step, seconds, {"image_ap": 1 / step})

    hooks = Hooks(evaluate=falls, evaluate_at={3, 8, 10}, keep_best="image_ap")
    whole, record = fit(tags, inputs, MLP, SETTINGS, hooks)
    assert record.best_step == 3
    kept = replace(hooks, checkpoint=tmp_path / "checkpoint")
    with pytest.raises(StoppedError):
        fit(tags, inputs, MLP, SETTINGS, replace(kept, on_step=stop_after(7)))
    resumed, rest = fit(tags, inputs, MLP, SETTINGS, kept)
    assert rest.best_step == 3
    torch.testing.assert_close(state(resumed), state(whole), rtol=0, atol=0)


@pytest.fixture
def half_way(planted_features: Features, tmp_path: Path) -> Path:
    tags, features = planted_features(40)
    folder = tmp_path / "checkpoint"
    hooks = Hooks(on_step=stop_after(5), checkpoint=folder)
    with pytest.raises(StoppedError):
        fit(tags, FeatureInputs(features), MLP, SETTINGS, hooks)
    return folder


@pytest.mark.parametrize(
    "change",
    [
        {"settings": replace(SETTINGS, rate=0.02)},
        {"settings": replace(SETTINGS, seed=1)},
        {"settings": replace(SETTINGS, steps=11)},
        {"settings": replace(SETTINGS, optimizer="rmsprop")},
        {"architecture": replace(MLP, options={"hidden": 8, "drop_rate": 0.3})},
        {"architecture": replace(MLP, objective="logistic")},
        {"rows": 39},
        {"exponent": 0.0},
        {"scale": 2.0},
    ],
)
def test_a_checkpoint_of_another_training_is_refused(
    planted_features: Features, half_way: Path, change: dict[str, Any]
) -> None:
    tags, features = planted_features(40)
    rows = change.get("rows", 40)
    space = LabelSpace.fit(tags, dim=4, exponent=change.get("exponent", 0.5))
    inputs = FeatureInputs(features[:rows], scale=np.full(20, change.get("scale", 1.0)))
    architecture, settings = change.get("architecture", MLP), change.get("settings", SETTINGS)
    with pytest.raises(ArtefactError, match="checkpoint of another training"):
        fit(
            tags.select(np.arange(rows)),
            inputs,
            architecture,
            settings,
            Hooks(checkpoint=half_way),
            space,
        )


def test_a_checkpoint_of_other_tags_is_refused(planted_features: Features, half_way: Path) -> None:
    tags, features = planted_features(40)
    # As many tags an image, and the same label space: only which tags they are is another.
    moved = tags.matrix.copy()
    moved.indices = (tags.n_labels - 1 - moved.indices).astype(moved.indices.dtype)
    moved.sort_indices()
    others = replace(tags, matrix=moved)
    np.testing.assert_array_equal(others.matrix.indptr, tags.matrix.indptr)
    labels = LabelContext.of(tags, LabelSpace.fit(tags, dim=4))
    inputs = FeatureInputs(features)
    tagger = Tagger(MLP, labels, inputs.settings(), inputs.sample_shape)
    with pytest.raises(ArtefactError, match="checkpoint of another training"):
        tagger.fit(others, inputs, SETTINGS, hooks=Hooks(checkpoint=half_way))


def test_how_often_to_save_may_change(planted_features: Features, half_way: Path) -> None:
    tags, features = planted_features(40)
    settings = replace(SETTINGS, checkpoint_every=1)
    _, rest = fit(tags, FeatureInputs(features), MLP, settings, Hooks(checkpoint=half_way))
    assert len(rest.losses) == 5


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        *itertools.product(
            ["model.safetensors", "optimizer.safetensors"], ["missing", "empty", "cut", "garbage"]
        ),
        *itertools.product(["config.json"], ["empty", "cut", "garbage"]),
    ],
)
def test_a_damaged_file_is_told_of(
    planted_features: Features, half_way: Path, name: str, damage: str
) -> None:
    path = half_way / name
    whole = path.read_bytes()
    contents = {"empty": b"", "cut": whole[: len(whole) // 2], "garbage": b"\x00" * 40}
    path.unlink()
    if damage != "missing":
        path.write_bytes(contents[damage])
    tags, features = planted_features(40)
    with pytest.raises(ArtefactError, match=r"damaged|cannot be read"):
        fit(tags, FeatureInputs(features), MLP, SETTINGS, Hooks(checkpoint=half_way))


def test_an_interrupted_write_keeps_the_checkpoint_before(
    planted_features: Features, half_way: Path
) -> None:
    before = {path.name: path.read_bytes() for path in half_way.iterdir()}
    tags, features = planted_features(40)
    # The weights are written by then; a value that JSON cannot hold ends the writing.
    point = ValidationPoint(7, 0.0, {"image_ap": half_way})  # type: ignore[dict-item] # no number
    hooks = Hooks(evaluate=lambda *_: point, evaluate_at={7}, checkpoint=half_way)
    with pytest.raises(TypeError, match="not JSON serializable"):
        fit(tags, FeatureInputs(features), MLP, SETTINGS, hooks)
    assert {path.name: path.read_bytes() for path in half_way.iterdir()} == before
    assert [path.name for path in half_way.parent.iterdir()] == ["checkpoint"]
    _, rest = fit(tags, FeatureInputs(features), MLP, SETTINGS, Hooks(checkpoint=half_way))
    assert len(rest.losses) == 5
