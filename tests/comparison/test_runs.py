from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from labelsphere.comparison.bench import Bench
from labelsphere.comparison.decoder_names import AS_TRAINED
from labelsphere.comparison.methods import parse_method
from labelsphere.comparison.runs import (
    batch_size,
    images_per_epoch,
    new_tagger,
    rate_steps,
    run_method,
    tagger_folder,
    total_steps,
    try_rate,
)
from labelsphere.tagger import Tagger

LOGISTIC, PAPER = parse_method("logistic"), parse_method("paper+dim=3")


def test_a_run_holds_what_the_results_need(bench: Bench) -> None:
    found = run_method(bench, LOGISTIC, 0.03, seed=1)
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
    assert [path.suffix for path in (bench.folder / "runs").iterdir()] == [".json"]


def test_a_finished_run_is_read_and_not_done_again(bench: Bench) -> None:
    found = run_method(bench, PAPER, 0.03, seed=0)
    score = try_rate(bench, PAPER, 0.03)
    written = {path: path.stat().st_mtime_ns for path in bench.folder.rglob("*")}
    bench.on_progress = lambda *_: pytest.fail("something was trained")
    assert run_method(bench, PAPER, 0.03, seed=0) == found
    assert try_rate(bench, PAPER, 0.03) == score
    assert {path: path.stat().st_mtime_ns for path in bench.folder.rglob("*")} == written


class StoppedError(Exception):
    """What ends a training half-way."""


def test_an_interrupted_run_goes_on_and_ends_the_same(bench: Bench, tmp_path: Path) -> None:
    steps: list[int] = []

    def stop(what: str, done: int, total: int, remark: str) -> None:
        steps.append(done)
        if done == 10:
            raise StoppedError

    whole = run_method(replace(bench, folder=tmp_path / "whole"), LOGISTIC, 0.03, seed=0)
    with pytest.raises(StoppedError):
        run_method(replace(bench, on_progress=stop), LOGISTIC, 0.03, seed=0)
    steps.clear()
    resumed = run_method(
        replace(bench, on_progress=lambda *told: steps.append(told[1])),
        LOGISTIC,
        0.03,
        seed=0,
    )
    assert steps == [9, 10, 11, 12]
    assert resumed["decoders"] == whole["decoders"]
    assert [p["values"] for p in resumed["curve"]] == [p["values"] for p in whole["curve"]]


def test_the_first_seeds_tagger_is_kept(bench: Bench) -> None:
    folder = tagger_folder(bench, PAPER)
    run_method(bench, PAPER, 0.03, seed=1)
    assert not folder.exists()
    run_method(bench, PAPER, 0.03, seed=0)
    tagger = Tagger.load(folder)
    scores = tagger.scores(bench.inputs, bench.protocol.test)
    values = bench.evaluate(scores, bench.protocol.test, per_class=True).values
    found = run_method(bench, PAPER, 0.03, seed=0)["decoders"][AS_TRAINED]["values"]
    assert values == pytest.approx(found)


def test_a_rate_is_judged_on_validation_after_a_shortened_training(bench: Bench) -> None:
    told: list[tuple[Any, ...]] = []
    bench.on_progress = lambda *args: told.append(args)
    score = try_rate(bench, LOGISTIC, 0.03)
    assert [(args[1], args[2]) for args in told] == [(1, 3), (2, 3), (3, 3)]
    settings = replace(bench.settings.training, rate=0.03, seed=0, steps=3)
    tagger = new_tagger(bench, LOGISTIC, 0)
    tagger.fit(bench.protocol.tags, bench.inputs, settings, rows=bench.protocol.train)
    rows = bench.protocol.val
    evaluation = bench.evaluate(tagger.scores(bench.inputs, rows), rows, per_class=False)
    assert score == evaluation.values["map@100"]


def test_methods_are_trained_on_the_tags_of_the_protocol_and_judged_by_the_tables(
    bench: Bench,
) -> None:
    protocol = bench.protocol
    learned = protocol.tags.matrix[np.roll(np.arange(protocol.tags.n_images), 1)]
    moved = replace(bench, protocol=replace(protocol, learned=learned))
    score = try_rate(moved, LOGISTIC, 0.03)
    tagger = new_tagger(bench, LOGISTIC, 0)
    settings = replace(bench.settings.training, rate=0.03, seed=0, steps=3)
    tags = replace(protocol.tags, matrix=learned)
    tagger.fit(tags, bench.inputs, settings, rows=protocol.train)
    scores = tagger.scores(bench.inputs, protocol.val)
    assert score == bench.evaluate(scores, protocol.val, per_class=False).values["map@100"]
    assert score != try_rate(bench, LOGISTIC, 0.03)


def test_a_rate_that_diverges_scores_nothing(bench: Bench) -> None:
    wild = replace(
        bench.settings.training, optimizer="rmsprop", schedule="constant", warmup=0.0, steps=40
    )
    bench = replace(bench, settings=replace(bench.settings, training=wild, rate_share=1.0))
    assert try_rate(bench, LOGISTIC, 1e30) == 0.0


def test_a_trial_as_long_as_a_run_is_not_taken_for_one(bench: Bench) -> None:
    bench = replace(bench, settings=replace(bench.settings, rate_share=1.0))
    assert rate_steps(bench) == total_steps(bench) == 12
    score = try_rate(bench, LOGISTIC, 0.03)
    assert "decoders" in run_method(bench, LOGISTIC, 0.03, seed=0)
    assert try_rate(bench, LOGISTIC, 0.03) == score


def test_all_methods_start_from_the_same_backbone_and_end_apart(bench: Bench) -> None:
    first = [new_tagger(bench, method, 5).network.state_dict() for method in (LOGISTIC, PAPER)]
    trunk = [name for name in first[0] if not name.startswith("head")]
    assert len(trunk) == 7
    assert all((first[0][name] == first[1][name]).all() for name in trunk)
    assert first[0]["head.weight"].shape != first[1]["head.weight"].shape


@pytest.mark.parametrize(
    ("group", "images", "batch", "steps"), [(None, 72, 16, 4 * 3), ("base", 36, 16, 2 * 3)]
)
def test_steps_are_counted_in_groups_where_there_are_some(
    bench: Bench, group: str | None, images: int, batch: int, steps: int
) -> None:
    tags = bench.protocol.tags
    base = pl.Series("base", np.arange(tags.n_images) // 2)
    tags = replace(tags, columns=tags.columns.with_columns(base))
    training = replace(bench.settings.training, steps=None, epochs=3)
    settings = replace(bench.settings, group=group, training=training)
    bench = replace(bench, protocol=replace(bench.protocol, tags=tags), settings=settings)
    assert images_per_epoch(bench) == images
    assert batch_size(bench) == batch
    assert total_steps(bench) == steps


def test_a_batch_is_no_larger_than_the_training_set(bench: Bench) -> None:
    training = replace(bench.settings.training, batch_size=1000, steps=None, epochs=2)
    bench = replace(bench, settings=replace(bench.settings, training=training))
    assert batch_size(bench) == 72
    assert total_steps(bench) == 2


def test_names_that_differ_by_a_sign_do_not_share_a_folder(bench: Bench) -> None:
    names = ["paper+exponent=0.5", "paper+exponent=-0.5", "paper", "paper+dim=5"]
    folders = {tagger_folder(bench, parse_method(name)) for name in names}
    assert len(folders) == 4
    assert all(folder.parent == bench.folder / "taggers" for folder in folders)
