"""Metrics on the test images are those of the tagger delivered."""

from dataclasses import replace

import numpy as np
import pytest

from labelsphere.comparison.experiment import Experiment
from labelsphere.comparison.judging import judge
from labelsphere.comparison.results import REPORTED_METRICS, SPECIFIC_METRICS
from labelsphere.comparison.trainings import Plan, save_tagger, tagger_folder
from labelsphere.metrics import DenseScores
from labelsphere.recipes import parse_recipe
from labelsphere.tagger import Tagger

PLAN = Plan(0.03, 1, 12)


@pytest.mark.parametrize("name", ["logistic", "softmax", "paper+dim=3", "sphere+dim=3"])
def test_metrics_are_those_of_the_saved_tagger_with_both_decoders(
    experiment: Experiment, name: str
) -> None:
    method = parse_recipe(name)
    found = judge(experiment, method, PLAN)
    save_tagger(experiment, method, PLAN)
    tagger = Tagger.load(tagger_folder(experiment, method))
    tagger.precision = experiment.settings.training.precision
    rows = experiment.protocol.test
    points = tagger.points(experiment.inputs, rows)
    assert found is not None
    for measured, specific in ((found.default, False), (found.specific, True)):
        scores = tagger.decoder(specific=specific).scores(points)
        evaluation = experiment.evaluate(DenseScores(scores.numpy()), rows, per_class=not specific)
        assert measured.values == pytest.approx(evaluation.values)
        assert measured.by_frequency == evaluation.by_frequency
        drawn = evaluation.resampled(10)
        assert measured.resampled.keys() == drawn.keys()
        np.testing.assert_allclose(measured.resampled["image_ap"], drawn["image_ap"])
    # The prior moves all images' scores for a tag alike.
    scores = tagger.decoder(specific=True).scores(points)
    evaluation = experiment.evaluate(DenseScores(scores.numpy()), rows, per_class=True)
    assert found.default.values["class_ap"] == pytest.approx(
        evaluation.values["class_ap"], abs=1e-6
    )
    delivered = found.delivered()
    for metric in REPORTED_METRICS:
        by = found.specific if metric in SPECIFIC_METRICS else found.default
        assert delivered[metric] == by.values[metric]


def test_other_intervals_need_no_other_training(experiment: Experiment) -> None:
    method = parse_recipe("paper+dim=3")
    first = judge(experiment, method, PLAN)
    experiment.on_progress = lambda what, *_: pytest.fail(f"something was trained: {what}")
    more = replace(experiment, settings=replace(experiment.settings, resamples=20))
    again = judge(more, method, PLAN)
    assert first is not None
    assert again is not None
    assert len(again.default.resampled["map@100"]) == 20
    assert again.default.values == first.default.values
