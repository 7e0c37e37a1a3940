"""The appendix: each metric under the prior weight that is best on validation."""

import numpy as np
import pytest

from labelsphere.comparison.equal_decoders import (
    CHOSEN_BY,
    SCALES,
    ShiftedScores,
    compare_with_equal_decoders,
)
from labelsphere.comparison.experiment import Experiment
from labelsphere.comparison.trainings import Plan, train, trained_tagger
from labelsphere.metrics import DenseScores
from labelsphere.recipes import RECIPES


def test_scales_are_the_best_on_validation_and_differences_are_of_the_test_images(
    experiment: Experiment,
) -> None:
    plans = [Plan(0.03, seed, 12) for seed in (0, 1)]
    chosen = [(RECIPES[name], plans) for name in ("paper", "logistic")]
    for method, of_method in chosen:
        for plan in of_method:
            train(experiment, method, plan)
    found = compare_with_equal_decoders(experiment, chosen)
    assert found is not None
    protocol = experiment.protocol
    counts, images = protocol.calibration.label_counts(), protocol.calibration.n_images
    values: dict[str, list[float]] = {"paper": [], "logistic": []}
    for method, of_method in chosen:
        for seed, plan in enumerate(of_method):
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


def test_without_both_methods_there_is_none(experiment: Experiment) -> None:
    assert compare_with_equal_decoders(experiment, [(RECIPES["paper"], [])]) is None


def test_shifted_scores_are_sums() -> None:
    plain = np.arange(12, dtype=np.float32).reshape(3, 4)
    shift = np.array([1, 0, -1, 2], np.float32)
    scores = ShiftedScores(DenseScores(plain), shift)
    assert scores.shape == (3, 4)
    np.testing.assert_array_equal(scores.rows(1, 3), (plain + shift)[1:3])
    np.testing.assert_array_equal(scores.columns(1, 3), (plain + shift)[:, 1:3])
