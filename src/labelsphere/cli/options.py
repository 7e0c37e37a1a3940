"""Command-line options made from the fields of dataclasses."""

import inspect
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from fractions import Fraction
from functools import wraps
from pathlib import Path
from types import UnionType
from typing import TYPE_CHECKING, Annotated, Any, Union, get_args, get_origin, get_type_hints

import typer

from labelsphere.errors import UsageError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class Given(dict[str, Any]):
    """The fields of a dataclass that the user has given, by name.

    ``Given.of(TrainingSettings)`` as a parameter's annotation declares all options of that
    dataclass without building it, for verbs whose defaults depend on something else.
    """

    @staticmethod
    def of(dataclass: type, *, panel: str | None = None, leave_out: Sequence[str] = ()) -> Any:
        """Return the annotation of a parameter that takes the given fields of a dataclass."""
        return Annotated[Given, dataclass, panel, tuple(leave_out)]


class LeaveOut(tuple[str, ...]):
    """Names of fields without an option, in ``Annotated[Dataclass, LeaveOut(...)]``."""


JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
OverwriteFileOption = Annotated[
    bool, typer.Option("--overwrite", help="Replace the output file if it exists.")
]
OverwriteFolderOption = Annotated[
    bool, typer.Option("--overwrite", help="Replace the output folder if it has contents.")
]
TaggerArgument = Annotated[
    Path, typer.Argument(metavar="TAGGER", help="Folder of a tagger.", show_default=False)
]
RunArgument = Annotated[
    Path, typer.Argument(metavar="RUN", help="Folder of a run's journal.", show_default=False)
]


def options_of_dataclasses(verb: Callable[..., Any]) -> Callable[..., Any]:
    """Replace each parameter that is a dataclass by one option per field.

    The help is the field's line in the docstring's ``Attributes``. Metadata of a field: ``panel``
    (heading in the help page), ``choices`` (names to list, or a function that returns them),
    ``min`` and ``max`` (least and greatest number), ``metavar``, ``flag`` (True for a switch that
    can only be turned on), ``repeated`` (True for a tuple whose values are given one at a time),
    ``option`` (False to leave it out). Mappings are given as JSON, other tuples as values separated
    by commas.

    Args:
        verb: The function behind a verb. It is called with the dataclasses as parameters.

    Returns:
        A function with plain parameters, for Typer.
    """
    hints = get_type_hints(verb, include_extras=True)
    parameters: list[inspect.Parameter] = []
    built: dict[str, tuple[type, list[Field[Any]], bool]] = {}
    for parameter in inspect.signature(verb).parameters.values():
        hint = hints[parameter.name]
        base, *marks = get_args(hint) if get_origin(hint) is Annotated else (hint,)
        if base is Given:
            dataclass, panel, leave_out = marks
            asked = [f for f in _asked(dataclass) if f.name not in leave_out]
            built[parameter.name] = (dataclass, asked, True)
            parameters += [_option(f, dataclass, panel, given=True) for f in asked]
        elif is_dataclass(base) and isinstance(base, type):
            left_out = {name for mark in marks if isinstance(mark, LeaveOut) for name in mark}
            asked = [f for f in _asked(base) if f.name not in left_out]
            built[parameter.name] = (base, asked, False)
            parameters += [_option(f, base, None, given=False) for f in asked]
        else:
            keyword = inspect.Parameter.KEYWORD_ONLY
            parameters.append(parameter.replace(annotation=hint, kind=keyword))

    @wraps(verb)
    def with_options(**values: Any) -> Any:
        arguments: dict[str, Any] = {}
        for name, (dataclass, asked, given) in built.items():
            taken = {field.name: values.pop(field.name) for field in asked}
            taken = {key: _parsed(dataclass, key, value) for key, value in taken.items()}
            known = Given({key: value for key, value in taken.items() if value is not None})
            arguments[name] = known if given else dataclass(**known)
        return verb(**values, **arguments)

    with_options.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined] # Typer reads it
    with_options.__annotations__ = {each.name: each.annotation for each in parameters}
    del with_options.__wrapped__
    return with_options


def given_fields(options: "DataclassInstance") -> list[str]:
    """Return the names of the options that differ from their defaults."""
    return [each.name for each in fields(options) if getattr(options, each.name) != each.default]


def option_name(field: str) -> str:
    """Return the option of a field, such as ``--at-most``."""
    return "--" + field.replace("_", "-")


def attribute_texts(dataclass: type) -> dict[str, str]:
    """Read the text of each field from the docstring's ``Attributes``."""
    texts: dict[str, str] = {}
    for base in reversed(dataclass.__mro__[:-1]):
        texts |= _own_texts(base)
    return texts


def _own_texts(dataclass: type) -> dict[str, str]:
    section = inspect.cleandoc(dataclass.__doc__ or "").partition("Attributes:\n")[2]
    texts: dict[str, str] = {}
    name = ""
    for line in section.split("\n\n")[0].splitlines():
        start = re.match(r"    (\w+): (.*)", line)
        if start:
            name, texts[start[1]] = start[1], start[2]
        elif name:
            texts[name] += " " + line.strip()
    plain = {name: re.sub(r'``"?(.*?)"?``', r"\1", text) for name, text in texts.items()}
    return {name: text.replace("`", "") for name, text in plain.items()}


def _asked(dataclass: type) -> list[Field[Any]]:
    return [field for field in fields(dataclass) if field.metadata.get("option", True)]


def _option(
    field: Field[Any], dataclass: type, panel: str | None, *, given: bool
) -> inspect.Parameter:
    """Build the parameter of one field."""
    kind, is_optional = _kind(get_type_hints(dataclass)[field.name])
    repeated = field.metadata.get("repeated", False)
    as_text = None if repeated else {Mapping: "JSON", tuple: "LIST"}.get(get_origin(kind))
    default = None if field.default is MISSING else field.default
    if repeated:
        default, is_optional, kind = None, True, list[get_args(kind)[0]]  # type: ignore[misc] # built for Typer
    if isinstance(default, tuple):
        default = ",".join(str(value) for value in default)
    text = attribute_texts(dataclass)[field.name]
    choices = field.metadata.get("choices")
    if choices:
        text += f" One of: {', '.join(choices() if callable(choices) else choices)}."
    declared = option_name(field.name)
    if kind is bool and not field.metadata.get("flag"):
        declared += f"/--no-{declared.removeprefix('--')}"
    shown: bool | str = False
    if given and default is not None:
        shown, default = str(default), None
        is_optional = True
    elif default is not None:
        shown = True
    option = typer.Option(
        declared,
        help=text,
        min=field.metadata.get("min"),
        max=field.metadata.get("max"),
        metavar=field.metadata.get("metavar", as_text),
        rich_help_panel=panel or field.metadata.get("panel"),
        show_default=shown,
    )
    taken: Any = str if as_text else kind
    return inspect.Parameter(
        field.name,
        inspect.Parameter.KEYWORD_ONLY,
        default=default,
        annotation=Annotated[taken | None if is_optional else taken, option],
    )


def _kind(hint: Any) -> tuple[Any, bool]:
    """Return the type without None, and whether None was in it."""
    if get_origin(hint) in (Union, UnionType):
        others = [each for each in get_args(hint) if each is not type(None)]
        return others[0], True
    return hint, False


def _parsed(dataclass: type, name: str, value: Any) -> Any:
    """Convert the value of an option to the type of its field."""
    kind, _ = _kind(get_type_hints(dataclass)[name])
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, str) and get_origin(kind) is tuple:
        return _list(name, get_args(kind)[0], value)
    if value is None or get_origin(kind) is not Mapping or not isinstance(value, str):
        return value
    try:
        parsed = json.loads(value)
    except json.JSONDecodeError:
        parsed = None
    if not isinstance(parsed, dict):
        raise UsageError(
            f"{option_name(name)} must be a JSON object such as "
            f'{{"drop_path_rate": 0.1}}, but got {value!r}'
        )
    return parsed


def _list(name: str, kind: type, text: str) -> tuple[Any, ...]:
    """Parse values separated by commas; numbers may be fractions such as 1/4."""
    values = [value.strip() for value in text.split(",")]
    if kind is str:
        return tuple(values)
    try:
        return tuple(kind(Fraction(value) if "/" in value else value) for value in values)
    except (ValueError, ZeroDivisionError) as error:
        raise UsageError(
            f"{option_name(name)} must be numbers separated by commas, but got {text!r}"
        ) from error
