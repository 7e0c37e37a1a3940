from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.torch import save_file

from labelsphere.annotations import Annotations
from labelsphere.comparison.bench import Bench
from labelsphere.comparison.decoder_names import (
    AS_TRAINED,
    CRITERIA,
    PRIOR_ADJUSTED,
    READ_PER_CLASS,
)
from labelsphere.comparison.protocols import full
from labelsphere.comparison.runs import (
    Plan,
    judge_run,
    keep_tagger,
    new_tagger,
    tagger_folder,
    train_run,
    trained_tagger,
    validate_run,
)
from labelsphere.recipes import parse_recipe
from labelsphere.tagger import Architecture, Tagger
from labelsphere.tagger.inputs import ImageInputs
from labelsphere.tagger.objectives.sphere import Sphere

LOGISTIC, PAPER = parse_recipe("logistic"), parse_recipe("paper+dim=3")
PLAN = Plan(0.03, 0, 12)


def wild(bench: Bench) -> Bench:
    training = replace(
        bench.settings.training, optimizer="rmsprop", schedule="constant", warmup=0.0, steps=40
    )
    return replace(bench, settings=replace(bench.settings, training=training))


def test_a_run_holds_what_the_results_need(bench: Bench) -> None:
    found = judge_run(bench, LOGISTIC, replace(PLAN, seed=1))
    assert found is not None
    assert (found["seed"], found["rate"]) == (1, 0.03)
    assert [point["step"] for point in found["curve"]] == [4, 8, 12]
    assert [point["images"] for point in found["curve"]] == [64, 128, 192]
    seconds = [point["seconds"] for point in found["curve"]]
    assert 0 < seconds[0] < seconds[1] < seconds[2] <= found["seconds"]
    assert found["peak_memory_gib"] > 0
    # Layer, normalisation, head of the perceptron.
    assert found["head_parameters"] == 16 * 12 + 12
    assert found["parameters"] == (10 * 16 + 16) + 2 * 16 + found["head_parameters"]
    final = found["decoders"][AS_TRAINED]["values"]
    assert found["curve"][-1]["values"]["map@100"] == pytest.approx(final["map@100"], abs=1e-9)
    assert set(found["decoders"]) == {AS_TRAINED, *PRIOR_ADJUSTED}
    kinds = [path.name.split(".", 1)[1] for path in (bench.folder / "runs").iterdir()]
    assert {kind.split("-")[0] for kind in kinds} == {"json", "safetensors", "validated", "judged"}
    assert len(kinds) == 4


def test_a_shorter_training_is_not_looked_at_on_the_way(bench: Bench) -> None:
    assert train_run(bench, LOGISTIC, replace(PLAN, steps=6))["curve"] == []


def test_a_finished_run_is_read_and_not_done_again(bench: Bench) -> None:
    found = judge_run(bench, PAPER, PLAN)
    written = {path: path.stat().st_mtime_ns for path in bench.folder.rglob("*")}
    bench.on_progress = lambda what, *_: pytest.fail(f"something was done: {what}")
    assert judge_run(bench, PAPER, PLAN) == found
    assert {path: path.stat().st_mtime_ns for path in bench.folder.rglob("*")} == written


def test_other_decoders_and_intervals_need_no_other_training(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = judge_run(bench, PAPER, PLAN)
    assert first is not None
    bench.on_progress = lambda what, *_: pytest.fail(f"something was trained: {what}")
    more = replace(bench, settings=replace(bench.settings, resamples=20))
    again = judge_run(more, PAPER, PLAN)
    assert again is not None
    assert len(again["decoders"][AS_TRAINED]["resampled"]["map@100"]) == 20
    assert again["decoders"][AS_TRAINED]["values"] == first["decoders"][AS_TRAINED]["values"]


class StoppedError(Exception):
    """What ends a training half-way."""


def test_an_interrupted_run_goes_on_and_ends_the_same(bench: Bench, tmp_path: Path) -> None:
    steps: list[int] = []

    def stop(what: str, done: int, total: int, remark: str) -> None:
        steps.append(done)
        if done == 10:
            raise StoppedError

    whole = judge_run(replace(bench, folder=tmp_path / "whole"), LOGISTIC, PLAN)
    with pytest.raises(StoppedError):
        judge_run(replace(bench, on_progress=stop), LOGISTIC, PLAN)
    steps.clear()
    watched = replace(bench, on_progress=lambda *told: steps.append(told[1]))
    resumed = judge_run(watched, LOGISTIC, PLAN)
    assert steps == [9, 10, 11, 12]
    assert whole is not None
    assert resumed is not None
    assert resumed["decoders"] == whole["decoders"]
    assert [p["values"] for p in resumed["curve"]] == [p["values"] for p in whole["curve"]]


def test_the_weights_of_every_training_are_kept(bench: Bench) -> None:
    for seed in (0, 1):
        found = judge_run(bench, PAPER, replace(PLAN, seed=seed))
        assert found is not None
        tagger = trained_tagger(bench, PAPER, replace(PLAN, seed=seed))
        scores = tagger.scores(bench.inputs, bench.protocol.test)
        values = bench.evaluate(scores, bench.protocol.test, per_class=True).values
        assert values == pytest.approx(found["decoders"][AS_TRAINED]["values"])


def test_a_tagger_is_written_for_use_and_anew_only_if_it_is_another(bench: Bench) -> None:
    folder = tagger_folder(bench, PAPER)
    train_run(bench, PAPER, PLAN)
    assert not folder.exists()
    keep_tagger(bench, PAPER, PLAN)
    there, wanted = Tagger.load(folder), trained_tagger(bench, PAPER, PLAN)
    there.precision = wanted.precision
    rows = bench.protocol.test
    np.testing.assert_array_equal(
        there.points(bench.inputs, rows), wanted.points(bench.inputs, rows)
    )
    written = (folder / "model.safetensors").stat().st_mtime_ns
    keep_tagger(bench, PAPER, PLAN)
    assert (folder / "model.safetensors").stat().st_mtime_ns == written
    other = replace(PLAN, rate=0.003)
    train_run(bench, PAPER, other)
    keep_tagger(bench, PAPER, other)
    moved = Tagger.load(folder).points(bench.inputs, rows)
    assert not np.allclose(moved, there.points(bench.inputs, rows))


def test_a_trainings_score_is_the_geometric_mean_of_its_best_figures(bench: Bench) -> None:
    found = validate_run(bench, LOGISTIC, replace(PLAN, steps=3))
    assert set(found["choices"]) == set(PRIOR_ADJUSTED)
    best = [found["choices"][name]["value"] for name in PRIOR_ADJUSTED]
    assert found["score"] == pytest.approx(np.prod(best) ** (1 / len(CRITERIA)))


def test_a_head_with_several_readings_is_read_for_each_figure_as_does_best_on_validation(
    bench: Bench,
) -> None:
    sphere = parse_recipe("sphere+dim=3")
    found = validate_run(bench, sphere, PLAN)
    alone = {
        name: validate_run(bench, parse_recipe(f"sphere+dim=3+decoder={name}"), PLAN)
        for name in Sphere.readings
    }
    assert set(found["choices"]) == {*PRIOR_ADJUSTED, READ_PER_CLASS}
    for name in PRIOR_ADJUSTED:
        choice = found["choices"][name]
        values = {reading: run["choices"][name]["value"] for reading, run in alone.items()}
        assert choice["value"] == max(values.values()) == values[choice["reading"]]
    best = [found["choices"][name]["value"] for name in PRIOR_ADJUSTED]
    assert found["score"] == pytest.approx(np.prod(best) ** (1 / len(CRITERIA)))
    scores = {reading: run["score"] for reading, run in alone.items()}
    assert scores[found["reading"]] == max(scores.values()) <= found["score"]


def test_average_precision_per_class_has_a_reading_of_its_own(bench: Bench) -> None:
    sphere, rows = parse_recipe("sphere+dim=3"), bench.protocol.val
    choice = validate_run(bench, sphere, PLAN)["choices"][READ_PER_CLASS]
    values = {}
    for reading in Sphere.readings:
        scores = trained_tagger(bench, sphere, PLAN, reading).scores(bench.inputs, rows)
        values[reading] = bench.evaluate(scores, rows, per_class=True).values["class_ap"]
    assert len(set(values.values())) > 1
    assert choice["value"] == pytest.approx(values[choice["reading"]])
    assert choice["value"] == pytest.approx(max(values.values()))


def test_each_figure_is_judged_with_its_reading(bench: Bench) -> None:
    sphere = parse_recipe("sphere+dim=3")
    found, judged = validate_run(bench, sphere, PLAN), judge_run(bench, sphere, PLAN)
    assert judged is not None
    assert judged["reading"] == found["reading"]
    for name in PRIOR_ADJUSTED:
        choice = found["choices"][name]
        method = parse_recipe(f"sphere+dim=3+decoder={choice['reading']}")
        alone = judge_run(bench, method, PLAN)
        assert alone is not None
        assert judged["decoders"][name]["reading"] == choice["reading"]
        assert judged["decoders"][name]["values"] == alone["decoders"][name]["values"]
    read = found["choices"][READ_PER_CLASS]["reading"]
    scores = trained_tagger(bench, sphere, PLAN, read).scores(bench.inputs, bench.protocol.test)
    expected = bench.evaluate(scores, bench.protocol.test, per_class=True).values["class_ap"]
    per_class = judged["decoders"][READ_PER_CLASS]
    assert (per_class["reading"], per_class["scale"]) == (read, 0.0)
    assert per_class["values"]["class_ap"] == pytest.approx(expected)
    assert keep_tagger(bench, sphere, PLAN).architecture.decoder == found["reading"]
    assert Tagger.load(tagger_folder(bench, sphere)).architecture.decoder == found["reading"]


def test_methods_are_trained_on_the_tags_of_the_protocol_and_judged_by_the_tables(
    bench: Bench,
) -> None:
    protocol = bench.protocol
    learned = protocol.tags.matrix[np.roll(np.arange(protocol.tags.n_images), 1)]
    moved = replace(bench, protocol=replace(protocol, learned=learned))
    found = judge_run(moved, LOGISTIC, PLAN)
    tagger = new_tagger(bench, LOGISTIC, 0)
    settings = replace(bench.settings.training, rate=0.03, seed=0, steps=12)
    tags = replace(protocol.tags, matrix=learned)
    tagger.fit(tags, bench.inputs, settings, rows=protocol.train)
    scores = tagger.scores(bench.inputs, protocol.test)
    expected = bench.evaluate(scores, protocol.test, per_class=True).values
    assert found is not None
    assert found["decoders"][AS_TRAINED]["values"] == pytest.approx(expected)
    other = judge_run(bench, LOGISTIC, PLAN)
    assert other is not None
    assert other["decoders"][AS_TRAINED]["values"] != pytest.approx(expected)


def test_a_training_that_diverges_is_told_of_once(bench: Bench) -> None:
    bench, plan = wild(bench), Plan(1e30, 0, 40)
    assert "the loss became" in train_run(bench, LOGISTIC, plan)["diverged"]
    bench.on_progress = lambda what, *_: pytest.fail(f"tried again: {what}")
    assert validate_run(bench, LOGISTIC, plan)["score"] == 0.0
    assert judge_run(bench, LOGISTIC, plan) is None


def test_a_constant_rate_chooses_decoders_at_each_evaluation(bench: Bench) -> None:
    annealed = train_run(bench, LOGISTIC, PLAN)
    constant = train_run(bench, LOGISTIC, replace(PLAN, constant=True))
    assert all("decoders" not in point for point in annealed["curve"])
    for point in constant["curve"]:
        assert set(point["decoders"]) == set(PRIOR_ADJUSTED)
        assert point["decoders"]["prior-adjusted for MAP@100"].keys() == point["values"].keys()
    ends = [record["curve"][-1]["values"]["map@100"] for record in (annealed, constant)]
    assert ends[0] != ends[1]


def test_all_methods_start_from_the_same_backbone_and_end_apart(bench: Bench) -> None:
    first = [new_tagger(bench, method, 5).network.state_dict() for method in (LOGISTIC, PAPER)]
    trunk = [name for name in first[0] if not name.startswith("head")]
    assert len(trunk) == 7
    assert all((first[0][name] == first[1][name]).all() for name in trunk)
    assert first[0]["head.weight"].shape != first[1]["head.weight"].shape


def test_pretrained_weights_are_what_a_training_begins_with(
    bench: Bench, coloured_squares: Callable[..., Annotations], tmp_path: Path
) -> None:
    tags = coloured_squares(20)
    assert tags.pictures is not None
    small = Architecture("resnet10t", {"channels": (8, 16, 32, 64)})
    settings = replace(bench.settings, architecture=small)
    inputs = ImageInputs(tags.pictures, size=24)
    bench = replace(bench, protocol=full(tags), inputs=inputs, settings=settings)
    network = new_tagger(bench, LOGISTIC, 9).network
    given = {name: value.contiguous() for name, value in network.state_dict().items()}
    save_file(given, tmp_path / "weights.safetensors")
    settings = replace(settings, pretrained=tmp_path / "weights.safetensors")
    other = replace(bench, settings=settings)
    state: dict[str, Any] = new_tagger(other, PAPER, 0, pretrained=True).network.state_dict()
    trunk = [name for name in state if not name.startswith("fc.")]
    assert all((state[name] == given[name]).all() for name in trunk)
    assert other.identity(PAPER) != bench.identity(PAPER)


def test_names_that_differ_by_a_sign_do_not_share_a_folder(bench: Bench) -> None:
    names = ["paper+exponent=0.5", "paper+exponent=-0.5", "paper", "paper+dim=5"]
    folders = {tagger_folder(bench, parse_recipe(name)) for name in names}
    assert len(folders) == 4
    assert all(folder.parent == bench.folder / "taggers" for folder in folders)
