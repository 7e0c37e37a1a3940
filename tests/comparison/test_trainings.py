"""Trainings: kept when finished, resumed when not, and alike for every method."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file, save_file

from labelsphere.annotations import Annotations
from labelsphere.comparison.experiment import Experiment
from labelsphere.comparison.judging import judge
from labelsphere.comparison.protocols import full
from labelsphere.comparison.trainings import (
    CRITERION,
    Plan,
    new_tagger,
    path_of,
    save_tagger,
    tagger_folder,
    train,
    trained_tagger,
)
from labelsphere.recipes import parse_recipe
from labelsphere.tagger import Architecture, Hooks, Tagger
from labelsphere.tagger.inputs import ImageInputs
from labelsphere.tagger.validation_point import ValidationPoint

LOGISTIC, PAPER = parse_recipe("logistic"), parse_recipe("paper+dim=3")
PLAN = Plan(0.03, 0, 12)


def test_a_training_holds_what_the_results_need(experiment: Experiment) -> None:
    found = train(experiment, LOGISTIC, replace(PLAN, seed=1))
    assert found.diverged is None
    assert [point.step for point in found.curve] == [4, 8, 12]
    seconds = [point.seconds for point in found.curve]
    assert 0 < seconds[0] < seconds[1] < seconds[2] <= found.seconds
    assert found.peak_memory_gib > 0
    # Layer, normalisation, head of the perceptron.
    assert found.head_parameters == 16 * 12 + 12
    assert found.parameters == (10 * 16 + 16) + 2 * 16 + found.head_parameters
    names = [path.name for path in (experiment.folder / "runs").iterdir()]
    assert {name.split(".", 1)[1] for name in names} == {"json", "safetensors"}


@pytest.mark.parametrize("method", [LOGISTIC, PAPER, parse_recipe("sphere+dim=3")])
def test_the_best_state_on_validation_is_kept(experiment: Experiment, method) -> None:
    """A rate that overshoots: the last state is not the best one."""
    training = replace(experiment.settings.training, schedule="constant", warmup=0.0)
    settings = replace(experiment.settings, training=training, evaluations=12)
    experiment = replace(experiment, settings=settings)
    plan = Plan(0.3, 0, 24)
    found = train(experiment, method, plan)
    best = max(found.curve, key=lambda point: point.values[CRITERION])
    assert found.best_step == best.step
    kept = trained_tagger(experiment, method, plan)
    scores = kept.scores(experiment.inputs, experiment.protocol.val)
    values = experiment.evaluate(scores, experiment.protocol.val, per_class=False).values
    assert values[CRITERION] == pytest.approx(best.values[CRITERION])


def test_the_score_and_the_weights_are_those_of_the_fitted_decoder(experiment: Experiment) -> None:
    found = train(experiment, PAPER, PLAN)
    tagger, protocol = trained_tagger(experiment, PAPER, PLAN), experiment.protocol
    assert tagger.decoder_weights == found.weights
    assert (
        tagger.fit_decoder(experiment.inputs, protocol.tags.matrix, protocol.val) == found.weights
    )
    scores = tagger.scores(experiment.inputs, protocol.val)
    values = experiment.evaluate(scores, protocol.val, per_class=False).values
    assert found.score == pytest.approx(values[CRITERION])


def test_a_finished_training_is_read_and_not_done_again(experiment: Experiment) -> None:
    found = judge(experiment, PAPER, PLAN)
    written = {path: path.stat().st_mtime_ns for path in experiment.folder.rglob("*")}
    experiment.on_progress = lambda what, *_: pytest.fail(f"something was done: {what}")
    assert judge(experiment, PAPER, PLAN) == found
    assert {path: path.stat().st_mtime_ns for path in experiment.folder.rglob("*")} == written


class StoppedError(Exception):
    """What ends a training half-way."""


def test_an_interrupted_training_goes_on_and_ends_the_same(
    experiment: Experiment, tmp_path: Path
) -> None:
    steps: list[int] = []

    def stop(what: str, done: int, total: int, remark: str) -> None:
        if done == 10:
            raise StoppedError

    whole = judge(replace(experiment, folder=tmp_path / "whole"), LOGISTIC, PLAN)
    with pytest.raises(StoppedError):
        judge(replace(experiment, on_progress=stop), LOGISTIC, PLAN)
    watched = replace(experiment, on_progress=lambda *said: steps.append(said[1]))
    resumed = judge(watched, LOGISTIC, PLAN)
    assert steps == [9, 10, 11, 12]
    assert whole is not None
    assert resumed is not None
    assert (resumed.default, resumed.specific) == (whole.default, whole.specific)
    assert [p.values for p in resumed.curve] == [p.values for p in whole.curve]


def test_a_tagger_is_written_for_use_and_again_only_if_it_is_another(
    experiment: Experiment,
) -> None:
    folder = tagger_folder(experiment, PAPER)
    train(experiment, PAPER, PLAN)
    assert not folder.exists()
    save_tagger(experiment, PAPER, PLAN)
    there, wanted = Tagger.load(folder), trained_tagger(experiment, PAPER, PLAN)
    there.precision = wanted.precision
    assert there.decoder_weights == wanted.decoder_weights
    rows = experiment.protocol.test
    np.testing.assert_array_equal(
        there.points(experiment.inputs, rows), wanted.points(experiment.inputs, rows)
    )
    written = (folder / "model.safetensors").stat().st_mtime_ns
    save_tagger(experiment, PAPER, PLAN)
    assert (folder / "model.safetensors").stat().st_mtime_ns == written
    other = replace(PLAN, rate=0.003)
    train(experiment, PAPER, other)
    save_tagger(experiment, PAPER, other)
    moved = Tagger.load(folder).points(experiment.inputs, rows)
    assert not np.allclose(moved, there.points(experiment.inputs, rows))


def test_methods_are_trained_on_the_tags_of_the_protocol(experiment: Experiment) -> None:
    protocol = experiment.protocol
    learned = protocol.tags.matrix[np.roll(np.arange(protocol.tags.n_images), 1)]
    moved = replace(experiment, protocol=replace(protocol, learned=learned))
    train(moved, LOGISTIC, PLAN)
    tagger = new_tagger(experiment, LOGISTIC, 0)
    settings = replace(experiment.settings.training, rate=0.03, seed=0, steps=12)
    measured: list[dict[str, torch.Tensor]] = []

    def evaluate(step: int, seconds: float) -> ValidationPoint:
        measured.append({k: v.clone() for k, v in tagger.network.state_dict().items()})
        return ValidationPoint(step, seconds, {})

    tags = replace(protocol.tags, matrix=learned)
    hooks = Hooks(evaluate=evaluate, evaluate_at=(4, 8, 12))
    tagger.fit(tags, experiment.inputs, settings, rows=protocol.train, hooks=hooks)
    kept = trained_tagger(moved, LOGISTIC, PLAN).network.state_dict()
    assert any(all((kept[name] == state[name]).all() for name in state) for state in measured)


def test_a_training_that_diverges_is_noted_once(experiment: Experiment) -> None:
    training = replace(
        experiment.settings.training, optimizer="rmsprop", schedule="constant", warmup=0.0, steps=40
    )
    wild = replace(experiment, settings=replace(experiment.settings, training=training))
    plan = Plan(1e30, 0, 40)
    found = train(wild, LOGISTIC, plan)
    assert "the loss became" in (found.diverged or "")
    assert found.score == 0
    wild.on_progress = lambda what, *_: pytest.fail(f"tried again: {what}")
    assert train(wild, LOGISTIC, plan) == found
    assert judge(wild, LOGISTIC, plan) is None


def test_all_methods_start_from_the_same_backbone_and_end_apart(experiment: Experiment) -> None:
    first = [new_tagger(experiment, m, 5).network.state_dict() for m in (LOGISTIC, PAPER)]
    trunk = [name for name in first[0] if not name.startswith("head")]
    assert len(trunk) == 7
    assert all((first[0][name] == first[1][name]).all() for name in trunk)
    assert first[0]["head.weight"].shape != first[1]["head.weight"].shape


def test_pretrained_weights_are_what_a_training_begins_with(
    experiment: Experiment, coloured_squares: Callable[..., Annotations], tmp_path: Path
) -> None:
    tags = coloured_squares(20)
    assert tags.pictures is not None
    small = Architecture("resnet10t", {"channels": (8, 16, 32, 64)})
    settings = replace(experiment.settings, architecture=small)
    inputs = ImageInputs(tags.pictures, size=24)
    experiment = replace(experiment, protocol=full(tags), inputs=inputs, settings=settings)
    network = new_tagger(experiment, LOGISTIC, 9).network
    given = {name: value.contiguous() for name, value in network.state_dict().items()}
    save_file(given, tmp_path / "weights.safetensors")
    settings = replace(settings, pretrained=tmp_path / "weights.safetensors")
    other = replace(experiment, settings=settings)
    state = new_tagger(other, PAPER, 0, pretrained=True).network.state_dict()
    trunk = [name for name in state if not name.startswith("fc.")]
    assert all((state[name] == given[name]).all() for name in trunk)
    assert other.identity(PAPER) != experiment.identity(PAPER)


def test_names_that_differ_by_a_sign_do_not_share_a_folder(experiment: Experiment) -> None:
    names = ["paper+exponent=0.5", "paper+exponent=-0.5", "paper", "paper+dim=5"]
    folders = {tagger_folder(experiment, parse_recipe(name)) for name in names}
    assert len(folders) == 4
    assert all(folder.parent == experiment.folder / "taggers" for folder in folders)


def test_the_weights_kept_hold_what_an_objective_learns(experiment: Experiment) -> None:
    sphere = parse_recipe("sphere+dim=3")
    train(experiment, sphere, PLAN)
    state = load_file(path_of(experiment, sphere, PLAN).with_suffix(".safetensors"))
    tagger = new_tagger(experiment, sphere, 0)
    expected = {f"network.{k}" for k in tagger.network.state_dict()}
    expected |= {f"objective.{k}" for k in tagger.objective.state_dict()}
    assert state.keys() == expected


def test_a_methods_tagger_has_its_space_and_its_decoder(experiment: Experiment) -> None:
    tagger = new_tagger(experiment, parse_recipe("paper+method=ecoc+dim=16+decoder=hamming"), 0)
    assert tagger.architecture.decoder == "hamming"
    assert tagger.space is not None
    assert (tagger.space.record.method, tagger.space.dim) == ("ecoc", 16)
    mixed = new_tagger(experiment, parse_recipe("conse+method=npmi"), 0)
    assert (mixed.architecture.objective, mixed.architecture.decoder) == ("logistic", "conse")
    assert mixed.objective.width == experiment.protocol.tags.n_labels


def test_a_long_path_in_a_name_leaves_the_names_of_folders_short_and_distinct(
    experiment: Experiment,
) -> None:
    folders = [
        tagger_folder(
            experiment, parse_recipe(f"paper+method=word-vectors+path={'deep/' * 60}{end}")
        )
        for end in ("a.txt", "b.txt")
    ]
    assert all(len(folder.name) < 100 for folder in folders)
    assert folders[0] != folders[1]
