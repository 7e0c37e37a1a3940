"""A whole training: what it is told, what it counts, what it ends with."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from labelsphere.annotations import Annotations, find_split
from labelsphere.arrays import AnyArray
from labelsphere.errors import UsageError
from labelsphere.json_types import from_json, to_json
from labelsphere.metrics import evaluate
from labelsphere.recipes import SpaceRecipe
from labelsphere.space import LabelSpace
from labelsphere.tagger import Architecture, Tagger, TrainingSettings, Watch
from labelsphere.tagger.inputs import FeatureInputs, ImageInputs
from labelsphere.tagger.pipeline import run_training
from labelsphere.tagger.plan import Frozen, TrainingPlan
from labelsphere.tagger.pretrained import resolve_pretrained
from labelsphere.tagger.report import TrainingReport
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
    space = LabelSpace.fit(tags, split="none") if objective == "cosine" else None
    plan = TrainingPlan(
        Architecture("mlp", {"hidden": 16}, objective),
        SETTINGS,
        inputs,
        find_split(tags),
        space=space,
    )
    done = run_training(plan, tags, Tagger)
    train = tags.select(np.arange(80))
    assert done.rows.train.tolist() == list(range(80))
    assert done.tagger.labels.n_images == 80
    assert done.tagger.labels.counts.tolist() == train.label_counts().tolist()
    mean = np.asarray(inputs.matrix)[:80].astype(np.float64).mean(axis=0)
    np.testing.assert_allclose(done.tagger.preparation["mean"], mean, rtol=1e-6)
    assert [point.step for point in done.record.history] == [4, 8, 12, 16]
    first, last = (done.record.history[i].values["precision@1"] for i in (0, -1))
    assert last > max(first, 0.6)


def test_the_watch_is_told_of_everything_in_order(
    data: tuple[Annotations, FeatureInputs],
) -> None:
    tags, inputs = data
    told: list[Any] = []

    def start(tagger: Tagger, rows: TrainingRows, _: TrainingSettings) -> None:
        told.append(("start", len(tagger.vocabulary), len(rows.train), len(rows.val)))

    watch = Watch(
        on_read=lambda done, total: told.append(("read", done, total)),
        on_start=start,
        on_step=lambda *args: told.append(args[:2]),
        on_validating=lambda done, total: told.append(("validating", done, total)),
        on_validation=lambda epochs, found: told.append((epochs, found.step)),
    )
    settings = replace(SETTINGS, epochs=1)
    network = Architecture("mlp", {"hidden": 4}, "logistic")
    plan = TrainingPlan(network, settings, inputs, find_split(tags))
    run_training(plan, tags, Tagger, watch=watch)
    assert told == [
        ("read", 120, 120),
        ("start", 12, 80, 20),
        *((step, 4) for step in range(1, 5)),
        ("validating", 20, 20),
        (1.0, 4),
    ]


def test_groups_are_counted_once_and_scored_once(data: tuple[Annotations, FeatureInputs]) -> None:
    tags, inputs = data
    architecture = Architecture("mlp", {"hidden": 4}, "logistic")
    plan = TrainingPlan(
        architecture, SETTINGS, inputs, find_split(tags, group="pair"), group="pair"
    )
    done = run_training(plan, tags, Tagger)
    assert (len(done.rows.train), len(done.rows.val)) == (80, 10)
    assert done.tagger.labels.n_images == 40
    assert done.record.steps == 4 * (40 // 20)
    first = tags.select(done.rows.train).one_per_group("pair")
    np.testing.assert_array_equal(done.tagger.labels.counts, first.label_counts())
    assert (first.label_counts() != tags.select(done.rows.train).label_counts()).any()


def test_one_of_each_group_is_counted_from_python_too(
    data: tuple[Annotations, FeatureInputs],
) -> None:
    tags, inputs = data
    architecture = Architecture("mlp", {"hidden": 4}, "logistic")
    tagger = Tagger.train(
        tags, backbone=architecture, inputs=inputs, settings=SETTINGS, group="pair"
    )
    train = tags.select(tags.rows_where("split", "train")).one_per_group("pair")
    assert tagger.labels.n_images == 40
    np.testing.assert_array_equal(tagger.labels.counts, train.label_counts())


def test_images_without_a_target_are_counted(data: tuple[Annotations, FeatureInputs]) -> None:
    tags, inputs = data
    space = LabelSpace.fit(tags)
    # Nothing but the first two labels keeps a place.
    vectors = np.where(np.arange(12)[:, None] < 2, space.vectors, 0)
    space = LabelSpace(space.vocabulary, vectors.astype(np.float32), space.counts, space.record)
    placed = np.asarray(tags.matrix[:80].toarray())[:, :2].any(axis=1)
    network = Architecture("mlp", {"hidden": 4})
    plan = TrainingPlan(network, SETTINGS, inputs, find_split(tags), space=space)
    done = run_training(plan, tags, Tagger)
    assert done.rows.train.tolist() == np.flatnonzero(placed).tolist()
    assert done.rows.without_target == 80 - placed.sum()


def test_a_finished_checkpoint_is_taken_up_without_a_step(
    data: tuple[Annotations, FeatureInputs], tmp_path: Path
) -> None:
    tags, inputs = data
    network = Architecture("mlp", {"hidden": 4}, "logistic")
    plan = TrainingPlan(network, SETTINGS, inputs, find_split(tags))
    first = run_training(plan, tags, Tagger, checkpoint=tmp_path / "checkpoint")
    again = run_training(plan, tags, Tagger, checkpoint=tmp_path / "checkpoint")
    assert (len(first.record.losses), len(again.record.losses)) == (16, 0)
    assert again.record.history == first.record.history
    state = again.tagger.network.state_dict()
    for name, value in first.tagger.network.state_dict().items():
        assert value.equal(state[name])


def test_a_space_over_other_labels_is_refused(data: tuple[Annotations, FeatureInputs]) -> None:
    tags, inputs = data
    space = LabelSpace.fit(Annotations.from_lists([["a", "b"], ["a", "b"], ["c"]]))
    network = Architecture("mlp", {"hidden": 4})
    plan = TrainingPlan(network, SETTINGS, inputs, find_split(tags), space=space)
    with pytest.raises(UsageError, match="does not fit the space's 3"):
        run_training(plan, tags, Tagger)


def test_a_recipes_space_is_fitted_to_the_training_rows_alone(
    data: tuple[Annotations, FeatureInputs],
) -> None:
    tags, inputs = data
    network = Architecture("mlp", {"hidden": 4}, "sphere")
    recipe = SpaceRecipe("smoothed", 4, 0.25)
    plan = TrainingPlan(network, SETTINGS, inputs, find_split(tags), space=recipe)
    done = run_training(plan, tags, Tagger)
    expected = LabelSpace.fit(tags.select(np.arange(80)), "smoothed", 4, exponent=0.25)
    assert done.tagger.space is not None
    np.testing.assert_array_equal(done.tagger.space.vectors, expected.vectors)


def test_the_report_measures_the_weights_that_validated_best_on_the_test_rows(
    data: tuple[Annotations, FeatureInputs],
) -> None:
    tags, inputs = data
    network = Architecture("mlp", {"hidden": 16}, "logistic")
    plan = TrainingPlan(network, SETTINGS, inputs, find_split(tags), "logistic")
    done = run_training(plan, tags, Tagger)
    scores = [point.values["image_ap"] for point in done.record.history]
    assert done.record.best_step == 4 * (1 + int(np.argmax(scores)))
    report = done.report
    assert done.tagger.report is report
    assert report.images == {"train": 80, "val": 20, "test": 20}
    assert report.quality is not None
    assert (report.quality.part, report.quality.images) == ("test", 20)
    test = np.arange(100, 120)
    fed = inputs.fitted(np.arange(80))
    expected = evaluate(
        done.tagger.scores(fed, test), tags.matrix[test], label_counts=done.tagger.labels.counts
    )
    measured = report.quality.values["image_ap"]
    assert measured.value == pytest.approx(expected.values["image_ap"])
    assert measured.low is not None
    assert measured.high is not None
    assert measured.low < measured.value < measured.high
    assert set(report.quality.by_frequency) == set(expected.by_frequency)
    assert from_json(TrainingReport, to_json(report)) == report


@pytest.mark.parametrize("finetune", [False, True])
def test_a_head_on_frozen_features_becomes_one_tagger_of_pictures(
    coloured_squares: Callable[..., Annotations], tmp_path: Path, finetune: bool
) -> None:
    tags = coloured_squares(80)
    assert tags.pictures is not None
    weights = resolve_pretrained("lite0")
    mean, std = weights.normalisation
    pictures = ImageInputs(tags.pictures, 32, mean=mean, std=std)
    settings = TrainingSettings(epochs=10, batch_size=16, rate=0.01, precision="float32")
    network = Architecture(weights.backbone, None, "logistic")
    # A rate that ruins the network: what validates better is kept, and that is the head.
    after = replace(settings, epochs=1, rate=10.0, warmup=0.0) if finetune else None
    plan = TrainingPlan(
        network,
        settings,
        pictures,
        find_split(tags),
        "logistic",
        weights=weights,
        frozen=Frozen({"hidden": 32}, after),
        device="cpu",
    )
    done = run_training(plan, tags, Tagger, features=tmp_path / "features")
    assert not done.tagger.takes_features
    assert done.tagger.architecture.backbone == weights.backbone
    assert done.report.quality is not None
    scores = done.tagger.scores(pictures, done.rows.test)
    found = evaluate(scores, tags.matrix[done.rows.test], label_counts=done.tagger.labels.counts)
    assert found.values["image_ap"] == pytest.approx(done.report.quality.values["image_ap"].value)
    assert found.values["precision@1"] > 0.6
    done.tagger.save(tmp_path / "tagger")
    again = Tagger.load(tmp_path / "tagger")
    again.precision = done.tagger.precision
    assert again.tag(tags.pictures.read(0)) == done.tagger.tag(tags.pictures.read(0))
    assert again.report == done.report
