"""The options of an embedder: which there are, and how they are given as text."""

import inspect
from collections.abc import Mapping
from functools import partial
from typing import Any, get_args

from labelsphere.errors import UsageError
from labelsphere.space.association import MEASURES


def known_options(embedder: Any) -> dict[str, inspect.Parameter]:
    """The options of an embedder by name, read off its signature.

    Args:
        embedder: An entry of ``EMBEDDERS``.
    """
    bound: dict[str, Any] = embedder.keywords if isinstance(embedder, partial) else {}
    parameters = inspect.signature(embedder).parameters.values()
    known = {p.name: p for p in parameters if p.kind is p.KEYWORD_ONLY and p.name not in bound}
    if "measure" in bound:
        own = list(inspect.signature(MEASURES[bound["measure"]]).parameters.values())[1:]
        known |= {parameter.name: parameter for parameter in own}
    return known


def check_options(method: str, embedder: Any, options: Mapping[str, Any]) -> None:
    """Refuse options that an embedder does not have, and the lack of one that it needs.

    Raises:
        UsageError: If there is such an option; the message names those there are.
    """
    known = known_options(embedder)
    for name in options:
        if name not in known:
            there = ", ".join(known) or "none"
            raise UsageError(f"{method!r} has no option {name!r}; its options: {there}")
    for name, parameter in known.items():
        if parameter.default is parameter.empty and name not in options:
            raise UsageError(f"method {method!r} needs the option {name!r}")


def parse_option(method: str, embedder: Any, name: str, text: str) -> Any:
    """The value of an option that is given as text, in the type that the embedder declares.

    Raises:
        UsageError: If there is no such option, or the text is not of its type.
    """
    known = known_options(embedder)
    if name not in known:
        there = ", ".join(known) or "none"
        raise UsageError(f"{method!r} has no option {name!r}; its options: {there}")
    declared = known[name].annotation
    kinds = set(get_args(declared)) or {declared}
    if bool in kinds:
        if text.lower() not in ("true", "false"):
            raise UsageError(f"{name} must be true or false, but got {text!r}")
        return text.lower() == "true"
    for kind, what in ((int, "a whole number"), (float, "a number")):
        if kind in kinds:
            try:
                return kind(text)
            except ValueError as error:
                raise UsageError(f"{name} must be {what}, but got {text!r}") from error
    if str not in kinds:
        raise UsageError(f"{name} of {method!r} is no text or number and cannot be given here")
    return text
