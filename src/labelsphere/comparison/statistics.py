"""Means over seeds, intervals, and paired differences."""

from collections.abc import Mapping, Sequence

import numpy as np

from labelsphere.arrays import DoubleArray
from labelsphere.comparison.results import (
    REPORTED_METRICS,
    Estimate,
    MetricDifference,
    Reached,
    Run,
)
from labelsphere.metrics import centred_interval


def delivered(runs: Sequence[Run]) -> dict[str, Estimate]:
    """Every metric of a method with the decoder that it is judged with.

    Returns:
        By metric: the mean over seeds, and its bootstrap interval over the test images, which
        holds the chance of the test set and not that of training.
    """
    found = {}
    for metric in runs[0].default.values:
        mean = _mean([run.judged_by(metric).values[metric] for run in runs])
        drawn = np.stack([drawn_values(run.judged_by(metric).resampled[metric]) for run in runs])
        found[metric] = Estimate(mean, *centred_interval(mean, drawn.mean(axis=0)))
    return found


def differences(
    runs: Sequence[Run], baselines: Mapping[str, Sequence[Run]]
) -> dict[str, MetricDifference]:
    """Differences between a method and the best baseline, metric by metric.

    The best baseline is the one with the highest value on the test images, for each metric by
    itself: the choice favours the baselines.
    """
    found = {}
    for metric in REPORTED_METRICS:
        values = {name: value_of(others, metric) for name, others in baselines.items()}
        best = max(values, key=values.__getitem__)
        pairs = [
            (run, other) for run in runs for other in baselines[best] if other.seed == run.seed
        ]
        if not pairs:
            continue
        found[metric] = paired_difference(
            best,
            [(_of(a, metric), _of(b, metric)) for a, b in pairs],
            [(_drawn(a, metric), _drawn(b, metric)) for a, b in pairs],
        )
    return found


def paired_difference(
    baseline: str,
    values: Sequence[tuple[float, float]],
    drawn: Sequence[tuple[DoubleArray, DoubleArray]],
) -> MetricDifference:
    """The mean over seeds of one method less that of another, with its 95 % interval.

    Paired in both: all runs are measured on the same bootstrap draws of the test images, so that
    what makes a draw easy or hard for both cancels out; and seeds are drawn with replacement, the
    same for both methods, since equal seeds begin with the same backbone and the same order of
    images. The interval so holds the chance of the test set and that of training, the latter as
    far as so few seeds can show it; with one seed, that of the test set alone.

    Args:
        baseline: Name of the other method.
        values: For each seed the value of the method and that of the other.
        drawn: For each seed the same over the draws, (resamples,) float64 each.
    """
    gain = _mean([own - other for own, other in values])
    low, high = centred_interval(gain, over_seeds(np.stack([own - other for own, other in drawn])))
    return MetricDifference(baseline, _mean([other for _, other in values]), gain, low, high)


def over_seeds(drawn: DoubleArray) -> DoubleArray:
    """Means over seeds drawn with replacement, one draw for each draw of images.

    Args:
        drawn: (seeds, resamples) float64.

    Returns:
        (resamples,) float64.
    """
    seeds, resamples = drawn.shape
    chosen = np.random.default_rng(0).integers(seeds, size=(seeds, resamples))
    means: DoubleArray = np.take_along_axis(drawn, chosen, axis=0).mean(axis=0)
    return means


def reached(
    budgets: Sequence[tuple[float, Mapping[str, Estimate]]],
    baselines: Mapping[str, Mapping[str, Estimate]],
) -> dict[str, Reached]:
    """The smallest budget with which a method has the best baseline's final value (§4.4.2).

    Every budget is a training of its own, with a whole schedule: its end is a value that can be
    had, where a point along a longer training is not.

    Args:
        budgets: The method's shares of the steps and what it reaches with each, by metric.
        baselines: What each baseline reaches with all of the steps.
    """
    found = {}
    for metric in REPORTED_METRICS:
        best = max(baselines, key=lambda name: baselines[name][metric].value)
        target = baselines[best][metric].value
        enough = [share for share, values in budgets if values[metric].value >= target]
        found[metric] = Reached(best, target, min(enough, default=None))
    return found


def value_of(runs: Sequence[Run], metric: str) -> float:
    """Mean over seeds of a metric with the decoder that it is judged with."""
    return _mean([_of(run, metric) for run in runs])


def drawn_values(resampled: Sequence[float | None]) -> DoubleArray:
    """Values over bootstrap draws, (resamples,) float64; NaN for None."""
    return np.asarray(resampled, np.float64)


def _of(run: Run, metric: str) -> float:
    return run.judged_by(metric).values[metric]


def _drawn(run: Run, metric: str) -> DoubleArray:
    return drawn_values(run.judged_by(metric).resampled[metric])


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
