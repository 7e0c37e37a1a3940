"""The appendix: each metric under the prior weight that is best on validation."""

from dataclasses import replace

import numpy as np
import pytest

from labelsphere.comparison.equal_decoders import (
    CHOSEN_BY,
    SCALES,
    compare_with_equal_decoders,
)
from labelsphere.comparison.experiment import Experiment
from labelsphere.comparison.method_runs import MethodRuns, run_method
from labelsphere.comparison.trainings import trained_tagger
from labelsphere.metrics import DenseScores
from labelsphere.recipes import RECIPES


def test_scales_are_the_best_on_validation_and_differences_are_of_the_test_images(
    experiment: Experiment,
) -> None:
    experiment = replace(experiment, settings=replace(experiment.settings, rates=(0.03,)))
    finished = [run_method(experiment, RECIPES[name]) for name in ("paper", "logistic")]
    found = compare_with_equal_decoders(experiment, finished)
    assert found is not None
    protocol = experiment.protocol
    counts, images = protocol.calibration.label_counts(), protocol.calibration.n_images
    values: dict[str, list[float]] = {"paper": [], "logistic": []}
    for of_method in finished:
        method = of_method.method
        for seed, plan in enumerate(of_method.plans):
            tagger = trained_tagger(experiment, method, plan)
            prior = np.log((counts + 0.5) / (images + 1))

            def measured(rows, scale, tagger=tagger, prior=prior):
                scores = tagger.scores(experiment.inputs, rows).rows(0, len(rows)) + scale * prior
                return experiment.evaluate(DenseScores(scores), rows, per_class=False).values

            scale = found.scales[method.name]["map@100"][seed]
            on_val = {s: measured(protocol.val, s)["map@100"] for s in SCALES}
            assert on_val[scale] == pytest.approx(max(on_val.values()))
            values[method.name].append(measured(protocol.test, scale)["map@100"])
    entry = found.differences["map@100"]
    assert entry.baseline_value == pytest.approx(np.mean(values["logistic"]), abs=1e-6)
    assert entry.difference == pytest.approx(
        np.mean(values["paper"]) - np.mean(values["logistic"]), abs=1e-6
    )
    assert list(found.differences) == list(CHOSEN_BY)


def test_without_both_methods_or_a_seed_that_both_finished_there_is_none(
    experiment: Experiment,
) -> None:
    settings = replace(experiment.settings, rates=(0.03,), seeds=(0,))
    paper = run_method(replace(experiment, settings=settings), RECIPES["paper"])
    assert compare_with_equal_decoders(experiment, [paper]) is None
    diverged = MethodRuns(RECIPES["logistic"], paper.choice, (), (), ())
    assert compare_with_equal_decoders(experiment, [paper, diverged]) is None
