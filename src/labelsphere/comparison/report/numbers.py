"""How numbers are written in a report: equal precision in a row, thousands marked."""

import math
from collections.abc import Iterable

MISSING = "–"
"""Stands where a figure was not measured."""


def is_number(value: object) -> bool:
    """Whether a value can be printed as a figure: neither missing nor NaN nor infinite."""
    return isinstance(value, int | float) and math.isfinite(value)


def decimals_for(values: Iterable[float | None]) -> int:
    """Decimals that keep about three digits of the largest of some figures.

    Examples:
        >>> decimals_for([0.1074, 0.058]), decimals_for([0.021]), decimals_for([6.95, None])
        (3, 4, 3)
    """
    largest = max((abs(v) for v in values if v is not None and is_number(v)), default=0.0)
    if largest >= 10:
        return 2
    return 3 if largest >= 0.1 else 4


def figure(value: float | None, decimals: int = 3) -> str:
    """A figure with fixed decimals, or a dash where there is none."""
    if value is None or not is_number(value):
        return MISSING
    return f"{value:.{decimals}f}".replace("-", "−")


def count(value: float | None) -> str:
    """A whole number with its thousands marked, or a dash.

    Examples:
        >>> count(1230000), count(None)
        ('1,230,000', '–')
    """
    return MISSING if value is None or not is_number(value) else f"{round(value):,}"


def duration(seconds: float | None) -> str:
    """A time that reads at a glance.

    Examples:
        >>> duration(8.04), duration(754), duration(9000)
        ('8.0 s', '12 min 34 s', '2 h 30 min')
    """
    if seconds is None or not is_number(seconds):
        return MISSING
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def percent(share: float | None) -> str:
    """A share as a percentage without decimals."""
    return MISSING if share is None or not is_number(share) else f"{100 * share:.0f} %"


def rate(value: float) -> str:
    """A learning rate, shortest form that is exact to three digits."""
    return f"{value:.3g}"


def listing(parts: list[str]) -> str:
    """Words in a row, as one says them.

    Examples:
        >>> listing(["a"]), listing(["a", "b"]), listing(["a", "b", "c"])
        ('a', 'a and b', 'a, b and c')
    """
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
