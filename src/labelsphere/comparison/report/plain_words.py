"""Settings and other JSON values in plain words."""

from collections.abc import Mapping

from labelsphere.json_types import Json

_UNITS = {"memory_gib": "memory, GiB", "rates": "learning rates tried"}


def setting_name(key: str) -> str:
    """A key as words.

    Examples:
        >>> setting_name("labels_per_image")
        'labels per image'
    """
    return _UNITS.get(key, key.replace("_", " "))


def plain(value: Json) -> str:
    """A JSON value as a person would write it.

    Examples:
        >>> plain({"train": 19228, "val": None}), plain([0.001, 0.01]), plain([])
        ('train 19,228, val none', '0.001, 0.01', 'none')
    """
    if isinstance(value, Mapping):
        pairs = [f"{setting_name(key)} {plain(inner)}" for key, inner in value.items()]
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
