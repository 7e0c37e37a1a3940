"""Figures with their intervals, taken from the results, and who leads on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from labelsphere.comparison.report.numbers import is_number

Results: TypeAlias = Mapping[str, Any]
"""Contents of ``results.json``, or a part of them."""


@dataclass(frozen=True)
class Estimate:
    """A figure over all seeds.

    Attributes:
        mean: Mean over seeds.
        low: Lower end of the bootstrap interval over test images, or None.
        high: Upper end, or None.
    """

    mean: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Standing:
    """Who leads on one figure.

    Attributes:
        best: Name of the method with the largest mean.
        level: Names of the methods that are not clearly below it, itself included.
    """

    best: str
    level: tuple[str, ...]

    @property
    def clear(self) -> bool:
        """Whether the best method is clearly above every other."""
        return len(self.level) == 1


def estimate(method: Results, decoder: str, metric: str) -> Estimate | None:
    """One figure of one method, or None if it was not measured."""
    return _estimate(method.get("summary", {}).get(decoder, {}).get(metric), "mean")


def difference(method: Results, other: str, decoder: str, metric: str) -> Estimate | None:
    """How far a method is above another on the same draws of test images and seeds, if known."""
    versus = (method.get("versus") or {}).get(other, {})
    return _estimate(versus.get(decoder, {}).get(metric), "difference")


def baseline_of(results: Results) -> str | None:
    """Name of the baseline, or None if it was not compared."""
    named = [m["steps_to_baseline"]["baseline"] for m in results["methods"] if _has_target(m)]
    return named[0] if named else None


def standing(methods: Sequence[Results], decoder: str, metric: str) -> Standing | None:
    """Who leads on a figure, or None if fewer than two methods have it."""
    measured = [m for m in methods if estimate(m, decoder, metric) is not None]
    if len(measured) < 2:
        return None
    best = max(measured, key=lambda m: float(m["summary"][decoder][metric]["mean"]))
    level = [m["name"] for m in measured if m is best or not _above(best, m, decoder, metric)]
    return Standing(best["name"], tuple(level))


def _above(best: Results, other: Results, decoder: str, metric: str) -> bool:
    """Whether one method is clearly above another.

    Against a rival the interval of the difference decides: it knows that both were measured on
    the same images. Between two others only their own intervals are known.
    """
    if (gain := difference(best, str(other["name"]), decoder, metric)) is not None:
        return gain.low is not None and gain.low > 0
    if (loss := difference(other, str(best["name"]), decoder, metric)) is not None:
        return loss.high is not None and loss.high < 0
    first, second = estimate(best, decoder, metric), estimate(other, decoder, metric)
    if first is None or second is None or first.low is None or second.high is None:
        return False
    return first.low > second.high


def _has_target(method: Results) -> bool:
    return bool(method.get("steps_to_baseline"))


def _estimate(found: Results | None, key: str) -> Estimate | None:
    if not found or not is_number(found.get(key)):
        return None
    low, high = found.get("low"), found.get("high")
    if is_number(low) and is_number(high):
        return Estimate(found[key], low, high)
    return Estimate(found[key])


def metrics_of(results: Results, decoder: str) -> list[str]:
    """Metrics that any method has under a decoder, in the order of the definitions."""
    there = {key for m in results["methods"] for key in m.get("summary", {}).get(decoder, {})}
    ordered = [key for key in results.get("definitions", {}) if key in there]
    return ordered + sorted(there - set(ordered))


def decoders_of(results: Results) -> list[str]:
    """Decoders that any method has, in the order of the results."""
    found = [
        name
        for method in results["methods"]
        for part in (method.get("summary", {}), *(run["decoders"] for run in method["runs"]))
        for name in part
    ]
    return list(dict.fromkeys(found))


def mean_over_seeds(values: Sequence[float | None]) -> float | None:
    """Mean of the seeds that have a figure, or None if none has."""
    present = [value for value in values if value is not None and is_number(value)]
    return sum(present) / len(present) if present else None
