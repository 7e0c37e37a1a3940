"""Learning rate and steps of a method, chosen on the validation images from one grid for all."""

from labelsphere.comparison.experiment import Experiment
from labelsphere.comparison.results import Choice, Trial
from labelsphere.comparison.trainings import Plan, train
from labelsphere.recipes import Recipe


def choose(experiment: Experiment, method: Recipe, share: float = 1.0) -> Choice:
    """The rate, and the number of steps within a budget, with the highest score on validation.

    Each is tried with the first seed, for ``rate_share`` of its steps with a whole schedule of
    their own; at 1 the trials are the trainings. A budget is a limit: where several are compared,
    a method may take the steps of a smaller one. A training that diverges scores 0.

    Args:
        experiment: Data and settings.
        method: The method.
        share: The budget, as a share of the steps.

    Returns:
        The choice and its trials; no trials where there is nothing to choose.
    """
    settings = experiment.settings
    budgets = [budget for budget in sorted(set(settings.budgets)) if budget <= share]
    grid = [(rate, experiment.steps(budget)) for budget in budgets for rate in settings.rates]
    if len(grid) == 1:
        return Choice(*grid[0])
    trials = tuple(_tried(experiment, method, rate, steps) for rate, steps in grid)
    best = max(trials, key=lambda trial: trial.score)
    return Choice(best.rate, best.steps, trials)


def _tried(experiment: Experiment, method: Recipe, rate: float, steps: int) -> Trial:
    tried = max(1, round(experiment.settings.rate_share * steps))
    plan = Plan(rate, experiment.settings.seeds[0], tried)
    return Trial(rate, steps, train(experiment, method, plan).score)
