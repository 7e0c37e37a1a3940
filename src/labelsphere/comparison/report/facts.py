"""Data, settings, machine and versions as pairs of name and value, in plain words."""

from collections.abc import Mapping
from typing import Any

from labelsphere.comparison.report.estimates import Results

_PARTS = ("data", "settings", "machine", "versions")
_UNITS = {"memory_gib": "memory, GiB", "rates": "learning rates tried"}


def facts(results: Results) -> dict[str, list[tuple[str, str]]]:
    """What the comparison was made of, by heading, and each method's recipe.

    Whatever the results hold is told; a new setting needs no line here.
    """
    told = {
        part.capitalize(): [(plain_name(key), plain(value)) for key, value in results[part].items()]
        for part in _PARTS
        if results.get(part)
    }
    recipes = [(m["title"], plain(m["recipe"])) for m in results["methods"] if m.get("recipe")]
    return told | ({"Recipes": recipes} if recipes else {})


def plain_name(key: str) -> str:
    """A key as words.

    Examples:
        >>> plain_name("labels_per_image")
        'labels per image'
    """
    return _UNITS.get(key, key.replace("_", " "))


def plain(value: Any) -> str:
    """A JSON value as a person would write it.

    Examples:
        >>> plain({"train": 19228, "val": None}), plain([0.001, 0.01]), plain([])
        ('train 19,228, val none', '0.001, 0.01', 'none')
    """
    if isinstance(value, Mapping):
        pairs = [f"{plain_name(key)} {plain(inner)}" for key, inner in value.items()]
        return ", ".join(pairs) or "none"
    if isinstance(value, list | tuple):
        return ", ".join(plain(inner) for inner in value) or "none"
    if value is None or value == "":
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:.4g}" if isinstance(value, float) else str(value)
