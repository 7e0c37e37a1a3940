"""One method: a training for each budget and seed, and what the results say of it."""

from dataclasses import replace
from pathlib import Path

import pytest

from labelsphere.comparison.experiment import Experiment
from labelsphere.comparison.judging import judge
from labelsphere.comparison.method_runs import method_result, run_method
from labelsphere.comparison.results import REPORTED_METRICS
from labelsphere.comparison.statistics import delivered
from labelsphere.recipes import parse_recipe
from labelsphere.tagger import Tagger

LOGISTIC, PAPER = parse_recipe("logistic"), parse_recipe("paper+dim=3")


@pytest.fixture
def budgets(experiment: Experiment) -> Experiment:
    """Two budgets, one rate."""
    settings = replace(experiment.settings, budgets=(1.0, 0.5), rates=(0.03,), rate_share=1.0)
    return replace(experiment, settings=settings)


def test_every_budget_has_a_training_for_each_seed(budgets: Experiment) -> None:
    found = run_method(budgets, LOGISTIC)
    assert [budget.share for budget in found.budgets] == [0.5, 1.0]
    assert found.budgets[-1].choice == found.choice
    assert found.budgets[-1].delivered == delivered(found.runs)
    assert [plan.seed for plan in found.plans] == [0, 1]
    assert {(plan.rate, plan.steps) for plan in found.plans} == {(0.03, found.choice.steps)}
    assert [judge(budgets, LOGISTIC, plan) for plan in found.plans] == list(found.runs)
    assert Tagger.load(budgets.folder / "taggers" / "logistic").vocabulary.names


def test_results_leave_out_the_draws_and_what_there_is_no_other_baseline_for(
    budgets: Experiment,
) -> None:
    logistic, paper = run_method(budgets, LOGISTIC), run_method(budgets, PAPER)
    own = method_result(budgets, logistic, {"logistic": logistic}, 0)
    other = method_result(budgets, paper, {"logistic": logistic}, 7)
    assert (own.baseline, other.baseline) == (True, False)
    assert other.images_without_target == 7
    assert not any(run.default.resampled or run.specific.resampled for run in other.runs)
    assert [run.default.values for run in other.runs] == [run.default.values for run in paper.runs]
    assert own.differences == {}
    assert list(other.differences) == list(other.reached) == list(REPORTED_METRICS)
    target = delivered(logistic.runs)["image_ap"].value
    assert other.reached["image_ap"].target == target
    # The baseline reaches its own value, with all of the steps at the latest.
    assert own.reached["image_ap"].share in (0.5, 1.0)


def test_one_budget_is_related_to_nothing(experiment: Experiment) -> None:
    settings = replace(experiment.settings, rates=(0.03,), seeds=(0,))
    found = run_method(replace(experiment, settings=settings), LOGISTIC)
    result = method_result(experiment, found, {"logistic": found}, 0)
    assert result.budgets == ()
    assert result.reached == {}


def test_a_training_that_diverges_is_named_once(experiment: Experiment, tmp_path: Path) -> None:
    wild = replace(
        experiment.settings.training,
        optimizer="rmsprop",
        schedule="constant",
        warmup=0.0,
        weight_decay=0.0,
    )
    settings = replace(
        experiment.settings,
        training=wild,
        rates=(1e18,),
        budgets=(0.5, 1.0),
        rate_share=1.0,
        evaluations=1,
    )
    found = run_method(replace(experiment, settings=settings, folder=tmp_path / "wild"), LOGISTIC)
    assert found.runs == found.budgets == ()
    # Both budgets choose the fewer steps, so that there are two trainings and not four.
    assert [(entry.seed, entry.steps) for entry in found.diverged] == [(0, 6), (1, 6)]
    assert not (tmp_path / "wild" / "taggers").exists()
