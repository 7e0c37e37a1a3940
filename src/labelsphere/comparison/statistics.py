"""Means over seeds, intervals, and paired differences."""

from collections.abc import Mapping, Sequence
from statistics import fmean

import numpy as np

from labelsphere.arrays import DoubleArray
from labelsphere.comparison.results import (
    REPORTED_METRICS,
    Budget,
    Measured,
    MetricDifference,
    Reached,
    Run,
)
from labelsphere.metrics import centred_interval
from labelsphere.tagger.report import MetricValue


def delivered(runs: Sequence[Run]) -> dict[str, MetricValue]:
    """Every metric of a method with the decoder that it is judged with.

    Returns:
        By metric: the mean over seeds, and its bootstrap interval over the test images, which
        holds the chance of the test set and not that of training.
    """
    found = {}
    for metric in runs[0].default.values:
        mean = _mean(runs, metric)
        drawn = np.stack([_drawn(run.judged_by(metric), metric) for run in runs])
        found[metric] = MetricValue(mean, *centred_interval(mean, drawn.mean(axis=0)))
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
        best = max(baselines, key=lambda name: _mean(baselines[name], metric))
        pairs = [
            (run.judged_by(metric), other.judged_by(metric))
            for run in runs
            for other in baselines[best]
            if other.seed == run.seed
        ]
        if pairs:
            found[metric] = paired_difference(best, metric, pairs)
    return found


def paired_difference(
    baseline: str, metric: str, pairs: Sequence[tuple[Measured, Measured]]
) -> MetricDifference:
    """The mean over seeds of one method less that of another, with its 95 % interval.

    Paired in both: all runs are measured on the same bootstrap draws of the test images, so that
    what makes a draw easy or hard for both cancels out; and seeds are drawn with replacement, the
    same for both methods, since equal seeds begin with the same backbone and the same order of
    images. The interval so holds the chance of the test set and that of training, the latter as
    far as so few seeds can show it; with one seed, that of the test set alone.

    Args:
        baseline: Name of the other method.
        metric: Which metric.
        pairs: For each seed the metrics of the method and those of the other.
    """
    gain = fmean(own.values[metric] - other.values[metric] for own, other in pairs)
    drawn = np.stack([_drawn(own, metric) - _drawn(other, metric) for own, other in pairs])
    return MetricDifference(
        baseline,
        fmean(other.values[metric] for _, other in pairs),
        gain,
        *centred_interval(gain, over_seeds(drawn)),
    )


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
    budgets: Sequence[Budget], baselines: Mapping[str, Mapping[str, MetricValue]]
) -> dict[str, Reached]:
    """The smallest budget with which a method has the best baseline's final value (§4.4.2).

    Every budget is a training of its own, with a whole schedule: its end is a value that can be
    had, where a point along a longer training is not.

    Args:
        budgets: The method's.
        baselines: What each baseline reaches with all of the steps.
    """
    found = {}
    for metric in REPORTED_METRICS:
        best = max(baselines, key=lambda name: baselines[name][metric].value)
        target = baselines[best][metric].value
        enough = [b.share for b in budgets if b.delivered[metric].value >= target]
        found[metric] = Reached(best, target, min(enough, default=None))
    return found


def _mean(runs: Sequence[Run], metric: str) -> float:
    """Mean over seeds of a metric with the decoder that it is judged with."""
    return fmean(run.judged_by(metric).values[metric] for run in runs)


def _drawn(measured: Measured, metric: str) -> DoubleArray:
    """Values over bootstrap draws, (resamples,) float64; NaN for None."""
    return np.asarray(measured.resampled[metric], np.float64)
