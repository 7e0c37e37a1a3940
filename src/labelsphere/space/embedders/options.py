"""The options of an embedder: checked, and given as text."""

from collections.abc import Mapping
from typing import Any, get_args

from labelsphere.errors import UsageError
from labelsphere.space.embedders.registry import Embedder


def check_options(embedder: Embedder, options: Mapping[str, Any]) -> None:
    """Refuse options that an embedder does not have, and the lack of one that it needs.

    Raises:
        UsageError: If there is such an option; the message names those there are.
    """
    known = embedder.options
    for name in options:
        _check_known(embedder, name)
    for name, parameter in known.items():
        if parameter.default is parameter.empty and name not in options:
            raise UsageError(f"method {embedder.name!r} needs the option {name!r}")


def parse_option(embedder: Embedder, name: str, text: str) -> Any:
    """Return the value of an option that is given as text, in the type that is declared for it.

    Raises:
        UsageError: If there is no such option, or the text is not of its type.
    """
    _check_known(embedder, name)
    declared = embedder.options[name].annotation
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
        raise UsageError(
            f"{name} of {embedder.name!r} is no text or number and cannot be given here"
        )
    return text


def _check_known(embedder: Embedder, name: str) -> None:
    known = embedder.options
    if name not in known:
        there = ", ".join(known) or "none"
        raise UsageError(f"{embedder.name!r} has no option {name!r}; its options: {there}")
