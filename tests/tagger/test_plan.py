"""A whole training: what it is told, what it counts, what it ends with."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from labelsphere.annotations import Annotations
from labelsphere.arrays import AnyArray
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger, TrainingSettings
from labelsphere.tagger.inputs import FeatureInputs
from labelsphere.tagger.plan import TrainingPlan, Watch, run_training
from labelsphere.tagger.training_rows import TrainingRows

SETTINGS = TrainingSettings(epochs=4, batch_size=20, rate=0.01)


@pytest.fixture
def data(
    planted_features: Callable[..., tuple[Annotations, AnyArray]],
) -> tuple[Annotations, FeatureInputs]:
    tags, features = planted_features(120)
    split = ["train"] * 80 + ["val"] * 20 + ["test"] * 20
    columns = pl.DataFrame({"split": split, "pair": np.arange(120) // 2})
    return replace(tags, columns=columns), FeatureInputs(3 + 5 * features)


@pytest.mark.parametrize("objective", ["cosine", "logistic"])
def test_counts_and_scales_come_from_the_training_rows_alone(
    data: tuple[Annotations, FeatureInputs], objective: str
) -> None:
    tags, inputs = data
    space = LabelSpace.fit(tags) if objective == "cosine" else None
    plan = TrainingPlan(
        Architecture("mlp", {"hidden": 16}, objective), SETTINGS, space, split="split"
    )
    done = run_training(plan, tags, inputs)
    train = tags.select(np.arange(80))
    assert done.rows.train.tolist() == list(range(80))
    assert done.tagger.labels.n_images == 80
    assert done.tagger.labels.counts.tolist() == train.label_counts().tolist()
    mean = np.asarray(inputs.matrix)[:80].astype(np.float64).mean(axis=0)
    np.testing.assert_allclose(done.tagger.preparation["mean"], mean, rtol=1e-6)
    assert [point["step"] for point in done.record.history] == [4, 8, 12, 16]
    first, last = (done.record.history[i]["values"]["precision@1"] for i in (0, -1))
    assert last > max(first, 0.6)


def test_the_watch_is_told_of_everything_in_order(
    data: tuple[Annotations, FeatureInputs],
) -> None:
    tags, inputs = data
    told: list[Any] = []

    def start(tagger: Tagger, rows: TrainingRows) -> None:
        told.append(("start", len(tagger.vocabulary), len(rows.train), len(rows.val)))

    watch = Watch(
        on_read=lambda done, total: told.append(("read", done, total)),
        on_start=start,
        on_step=lambda *args: told.append(args[:2]),
        on_validating=lambda done, total: told.append(("validating", done, total)),
        on_validation=lambda epochs, found: told.append((epochs, found["step"])),
    )
    settings = replace(SETTINGS, epochs=1)
    plan = TrainingPlan(Architecture("mlp", {"hidden": 4}, "logistic"), settings, split="split")
    run_training(plan, tags, inputs, watch=watch)
    assert told == [
        ("read", 100, 100),
        ("start", 12, 80, 20),
        *((step, 4) for step in range(1, 5)),
        ("validating", 20, 20),
        (1.0, 4),
    ]


def test_groups_are_counted_once_and_scored_once(data: tuple[Annotations, FeatureInputs]) -> None:
    tags, inputs = data
    architecture = Architecture("mlp", {"hidden": 4}, "logistic")
    plan = TrainingPlan(architecture, SETTINGS, split="split", group="pair")
    done = run_training(plan, tags, inputs)
    assert (len(done.rows.train), len(done.rows.val)) == (80, 10)
    assert done.tagger.labels.n_images == 40
    assert done.record.steps == 4 * (40 // 20)


def test_images_without_a_target_are_counted(data: tuple[Annotations, FeatureInputs]) -> None:
    tags, inputs = data
    space = LabelSpace.fit(tags)
    # Nothing but the first two labels keeps a place.
    vectors = np.where(np.arange(12)[:, None] < 2, space.vectors, 0)
    space = LabelSpace(space.vocabulary, vectors.astype(np.float32), space.counts, space.config)
    placed = np.asarray(tags.matrix[:80].toarray())[:, :2].any(axis=1)
    plan = TrainingPlan(Architecture("mlp", {"hidden": 4}), SETTINGS, space, split="split")
    done = run_training(plan, tags, inputs)
    assert done.rows.train.tolist() == np.flatnonzero(placed).tolist()
    assert done.rows.without_target == 80 - placed.sum()


def test_a_finished_checkpoint_is_taken_up_without_a_step(
    data: tuple[Annotations, FeatureInputs], tmp_path: Path
) -> None:
    tags, inputs = data
    plan = TrainingPlan(Architecture("mlp", {"hidden": 4}, "logistic"), SETTINGS, split="split")
    first = run_training(plan, tags, inputs, checkpoint=tmp_path / "checkpoint")
    again = run_training(plan, tags, inputs, checkpoint=tmp_path / "checkpoint")
    assert (len(first.record.losses), len(again.record.losses)) == (16, 0)
    assert again.record.history == first.record.history
    state = again.tagger.network.state_dict()
    for name, value in first.tagger.network.state_dict().items():
        assert value.equal(state[name])


def test_a_space_over_other_labels_is_refused(data: tuple[Annotations, FeatureInputs]) -> None:
    tags, inputs = data
    space = LabelSpace.fit(Annotations.from_lists([["a", "b"], ["a", "b"], ["c"]]))
    plan = TrainingPlan(Architecture("mlp", {"hidden": 4}), SETTINGS, space)
    with pytest.raises(UsageError, match="does not fit the space's 3"):
        run_training(plan, tags, inputs)
