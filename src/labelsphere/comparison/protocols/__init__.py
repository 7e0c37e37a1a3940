"""Protocols: the images and tags that methods are trained and evaluated on."""

import inspect
from collections.abc import Callable

from labelsphere.annotations import Annotations
from labelsphere.comparison.protocols.base import Protocol
from labelsphere.comparison.protocols.few import few
from labelsphere.comparison.protocols.full import full
from labelsphere.comparison.protocols.noisy import noisy
from labelsphere.errors import UsageError
from labelsphere.variations import split_variations

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
    name, given = split_variations(text, "protocol", PROTOCOLS, example="few+share=0.05")
    protocol = PROTOCOLS[name]
    options = {key: _option(protocol, name, key, value) for key, value in given.items()}
    return protocol(tags, split=split, group=group, **options)


def _option(protocol: Callable[..., Protocol], name: str, key: str, value: str) -> float:
    kinds = {
        each.name: type(each.default)
        for each in inspect.signature(protocol).parameters.values()
        if each.name not in _GIVEN
    }
    if key not in kinds:
        keys = ", ".join(f"{each}=…" for each in kinds) or "none"
        raise UsageError(f"protocol {name!r} has no variation {key!r}; those it has: {keys}")
    kind = kinds[key]
    try:
        found: float = kind(value)
    except ValueError as error:
        expected = "a whole number" if kind is int else "a number"
        raise UsageError(f"{key} must be {expected}, but got {value!r}") from error
    return found
