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
        """Whether the best method's interval lies above every other's."""
        return len(self.level) == 1


def estimate(method: Results, decoder: str, metric: str) -> Estimate | None:
    """One figure of one method, or None if it was not measured."""
    summary = method.get("summary", {}).get(decoder, {}).get(metric)
    if not summary or not is_number(summary.get("mean")):
        return None
    low, high = summary.get("low"), summary.get("high")
    if is_number(low) and is_number(high):
        return Estimate(summary["mean"], low, high)
    return Estimate(summary["mean"])


def standing(methods: Sequence[Results], decoder: str, metric: str) -> Standing | None:
    """Who leads on a figure, or None if fewer than two methods have it.

    A method without an interval cannot be told apart from any other.
    """
    found = {m["name"]: e for m in methods if (e := estimate(m, decoder, metric)) is not None}
    if len(found) < 2:
        return None
    best = max(found, key=lambda name: found[name].mean)
    floor = found[best].low
    level = tuple(
        name
        for name, other in found.items()
        if name == best or floor is None or other.high is None or other.high >= floor
    )
    return Standing(best, level)


def metrics_of(results: Results, decoder: str) -> list[str]:
    """Metrics that any method has under a decoder, in the order of the definitions."""
    there = {key for m in results["methods"] for key in m.get("summary", {}).get(decoder, {})}
    ordered = [key for key in results.get("definitions", {}) if key in there]
    return ordered + sorted(there - set(ordered))


def decoders_of(results: Results) -> list[str]:
    """Decoders that any method has, in the order of the results."""
    names = [name for m in results["methods"] for name in m.get("summary", {})]
    return list(dict.fromkeys(names))


def mean_over_seeds(values: Sequence[float | None]) -> float | None:
    """Mean of the seeds that have a figure, or None if none has."""
    present = [value for value in values if value is not None and is_number(value)]
    return sum(present) / len(present) if present else None
