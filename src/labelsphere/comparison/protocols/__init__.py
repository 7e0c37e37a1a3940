"""Protocols: the images and tags that methods are trained and evaluated on."""

import inspect
from collections.abc import Callable
from typing import Any

from labelsphere.annotations import Annotations
from labelsphere.comparison.protocols.base import Protocol
from labelsphere.comparison.protocols.few import few
from labelsphere.comparison.protocols.full import full
from labelsphere.comparison.protocols.noisy import noisy
from labelsphere.errors import UsageError

__all__ = ["PROTOCOLS", "Protocol", "apply_protocol", "few", "full", "noisy"]

PROTOCOLS: dict[str, Callable[..., Protocol]] = {"full": full, "noisy": noisy, "few": few}

_GIVEN = ("tags", "split", "group")


def apply_protocol(
    text: str, tags: Annotations, *, split: str = "split", group: str | None = None
) -> Protocol:
    """Apply a protocol to a table, by its name and variations of its arguments.

    Args:
        text: A name of ``PROTOCOLS``, then any number of ``+key=value``, as in
            ``"few+share=0.05"``: the keys are the function's further arguments.
        tags: The table.
        split: Column that names the sets.
        group: Column whose equal values mark variants of one image.

    Raises:
        UsageError: If the name is unknown or a variation does not apply.
        DataError: If the table has too few images.
    """
    name, *variations = [part.strip() for part in text.split("+")]
    if name not in PROTOCOLS:
        raise UsageError(f"protocol must be one of {', '.join(PROTOCOLS)}, but got {name!r}")
    protocol = PROTOCOLS[name]
    options = dict(_option(protocol, name, variation) for variation in variations)
    return protocol(tags, split=split, group=group, **options)


def _option(protocol: Callable[..., Protocol], name: str, variation: str) -> tuple[str, Any]:
    key, equals, value = variation.partition("=")
    arguments = {
        each.name: type(each.default)
        for each in inspect.signature(protocol).parameters.values()
        if each.name not in _GIVEN
    }
    if not equals or key not in arguments:
        keys = ", ".join(f"{each}=…" for each in arguments) or "none"
        raise UsageError(f"protocol {name!r} has no variation {variation!r}; those it has: {keys}")
    kind = arguments[key]
    try:
        return key, kind(value)
    except ValueError as error:
        expected = "a whole number" if kind is int else "a number"
        raise UsageError(f"{key} must be {expected}, but got {value!r}") from error
