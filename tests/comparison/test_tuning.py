"""Rate and steps are chosen by the validation score alone, from one grid for all."""

from dataclasses import replace

import pytest

from labelsphere.comparison.experiment import Experiment
from labelsphere.comparison.results import Choice
from labelsphere.comparison.trainings import Plan, train
from labelsphere.comparison.tuning import choose
from labelsphere.recipes import parse_recipe

LOGISTIC = parse_recipe("logistic")


def changed(experiment: Experiment, **settings: object) -> Experiment:
    return replace(experiment, settings=replace(experiment.settings, **settings))


def test_the_highest_score_wins(experiment: Experiment) -> None:
    experiment = changed(experiment, rates=(1e-5, 0.03, 3e-3), rate_share=0.5)
    found = choose(experiment, LOGISTIC)
    scores = {
        rate: train(experiment, LOGISTIC, Plan(rate, 0, 6)).score for rate in (1e-5, 0.03, 3e-3)
    }
    assert {trial.rate: trial.score for trial in found.trials} == scores
    assert found.rate == max(scores, key=scores.__getitem__)
    assert found.steps == 12


def test_one_rate_and_one_budget_need_no_trial(experiment: Experiment) -> None:
    alone = changed(experiment, rates=(0.02,))
    assert choose(alone, LOGISTIC) == Choice(0.02, 12)
    assert not (experiment.folder / "runs").exists()


def test_a_method_may_take_the_steps_of_a_smaller_budget(experiment: Experiment) -> None:
    several = changed(experiment, rates=(0.3,), budgets=(0.25, 0.5, 1.0), rate_share=1.0)
    assert [trial.steps for trial in choose(several, LOGISTIC).trials] == [3, 6, 12]
    assert [trial.steps for trial in choose(several, LOGISTIC, 0.5).trials] == [3, 6]
    found = choose(several, LOGISTIC)
    best = max(found.trials, key=lambda trial: trial.score)
    assert (found.rate, found.steps) == (best.rate, best.steps)


def test_a_rate_with_which_it_diverges_is_not_chosen(experiment: Experiment) -> None:
    training = replace(
        experiment.settings.training, optimizer="rmsprop", schedule="constant", warmup=0.0
    )
    wild = changed(experiment, training=training, rates=(1e30, 1e-3), rate_share=1.0)
    found = choose(wild, LOGISTIC)
    assert found.trials[0].score == pytest.approx(0.0)
    assert found.rate == 1e-3
