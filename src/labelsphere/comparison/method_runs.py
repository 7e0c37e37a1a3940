"""One method of a comparison: rate and steps chosen, and a training for each budget and seed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from statistics import fmean

from labelsphere.comparison.experiment import Experiment
from labelsphere.comparison.judging import judge
from labelsphere.comparison.results import (
    Budget,
    Choice,
    Diverged,
    MethodResult,
    Run,
)
from labelsphere.comparison.statistics import delivered, differences, reached
from labelsphere.comparison.trainings import Plan, save_tagger, train
from labelsphere.comparison.tuning import choose
from labelsphere.recipes import Recipe
from labelsphere.tagger.report import MetricValue


@dataclass(frozen=True)
class MethodRuns:
    """Results of a method.

    Attributes:
        method: The method.
        choice: Rate and steps with the whole budget.
        runs: The trainings with the whole budget that did not diverge.
        budgets: By rising share; those in which a training did not diverge.
        diverged: The trainings that did.
    """

    method: Recipe
    choice: Choice
    runs: tuple[Run, ...]
    budgets: tuple[Budget, ...]
    diverged: tuple[Diverged, ...]

    @property
    def plans(self) -> list[Plan]:
        """The trainings of ``runs``."""
        return [Plan(run.rate, run.seed, run.steps) for run in self.runs]

    @property
    def delivered(self) -> Mapping[str, MetricValue]:
        """By metric, with the whole budget; where at least one of its trainings finished."""
        return self.budgets[-1].delivered


def run_method(experiment: Experiment, method: Recipe) -> MethodRuns:
    """Train a method with every budget and seed, and save the first seed's tagger."""
    budgets, diverged, runs = [], dict[Plan, Diverged](), list[Run]()
    for share in sorted(set(experiment.settings.budgets)):
        choice = choose(experiment, method, share)
        plans = [Plan(choice.rate, seed, choice.steps) for seed in experiment.settings.seeds]
        runs = [run for plan in plans if (run := judge(experiment, method, plan)) is not None]
        diverged |= {
            plan: Diverged(method.name, method.title, plan.rate, plan.seed, plan.steps, reason)
            for plan in plans
            if (reason := train(experiment, method, plan).diverged) is not None
        }
        if runs:
            seconds = fmean(run.seconds for run in runs)
            budgets.append(Budget(share, choice, seconds, delivered(runs)))
    found = MethodRuns(method, choice, tuple(runs), tuple(budgets), tuple(diverged.values()))
    if runs:
        save_tagger(experiment, method, found.plans[0])
    return found


def method_result(
    experiment: Experiment,
    found: MethodRuns,
    baselines: dict[str, MethodRuns],
    images_without_target: int,
) -> MethodResult:
    """A method as the results hold it, measured against the baselines.

    Bootstrap draws, hundreds of values a metric, are left out; the trainings' files keep them.
    """
    method, first = found.method, train(experiment, found.method, found.plans[0])
    others = {name: other.runs for name, other in baselines.items() if name != method.name}
    ends = {name: other.delivered for name, other in baselines.items()}
    budgets = found.budgets if len(found.budgets) > 1 else ()
    return MethodResult(
        name=method.name,
        title=method.title,
        recipe=method.to_json(),
        baseline=method.name in baselines,
        parameters=first.parameters,
        head_parameters=first.head_parameters,
        images_without_target=images_without_target,
        choice=found.choice,
        runs=tuple(
            replace(
                run,
                default=replace(run.default, resampled={}),
                specific=replace(run.specific, resampled={}),
            )
            for run in found.runs
        ),
        budgets=budgets,
        differences=differences(found.runs, others) if others else {},
        reached=reached(budgets, ends) if budgets and ends else {},
    )
