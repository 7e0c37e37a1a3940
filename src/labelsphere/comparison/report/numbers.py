"""Format numbers for a report: equal precision in a row, thousands marked."""

from collections.abc import Iterable
from fractions import Fraction

MISSING = "–"
"""Printed for a value that was not measured."""


def decimals_for(values: Iterable[float]) -> int:
    """Decimals that keep about three digits of the largest of some values.

    Examples:
        >>> decimals_for([0.1074, 0.058]), decimals_for([0.021]), decimals_for([-12.0])
        (3, 4, 2)
    """
    largest = max((abs(value) for value in values), default=0.0)
    if largest >= 10:
        return 2
    return 3 if largest >= 0.1 else 4


def decimal(value: float | None, decimals: int = 3) -> str:
    """A value with fixed decimals, or a dash where there is none."""
    return MISSING if value is None else f"{value:.{decimals}f}".replace("-", "−")


def duration(seconds: float) -> str:
    """A time that reads at a glance.

    Examples:
        >>> duration(8.04), duration(754), duration(9000)
        ('8.0 s', '12 min 34 s', '2 h 30 min')
    """
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def signed_percent(share: float) -> str:
    """A share as a percentage with its sign.

    Examples:
        >>> signed_percent(0.123), signed_percent(-0.04), signed_percent(0.0012)
        ('+12 %', '−4 %', '+0.1 %')
    """
    percent = 100 * share
    decimals = 0 if abs(percent) >= 2 else 1
    return f"{percent:+.{decimals}f} %".replace("-", "−")


def fraction(share: float) -> str:
    """A share as a fraction, or as a number where its denominator would be large.

    Examples:
        >>> fraction(0.0625), fraction(1.0), fraction(0.3)
        ('1/16', 'all', '3/10')
    """
    near = Fraction(share).limit_denominator(64)
    if near == 1:
        return "all"
    return str(near) if abs(float(near) - share) < 1e-9 else f"{share:.3g}"


def listing(words: list[str]) -> str:
    """Words in a row, as one says them.

    Examples:
        >>> listing(["a"]), listing(["a", "b"]), listing(["a", "b", "c"])
        ('a', 'a and b', 'a, b and c')
    """
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
