"""Conversion between dataclasses and JSON types."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

Json: TypeAlias = bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"] | None
"""Types of JSON."""

Value = TypeVar("Value")


def to_json(value: object) -> Any:
    """Convert a dataclass, or values of JSON types, to JSON types; tuples become lists.

    Examples:
        >>> to_json({"steps": (1, 2)})
        {'steps': [1, 2]}
    """
    if is_dataclass(value):
        return {field.name: to_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): to_json(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(inner) for inner in value]
    return value


def from_json(kind: type[Value], value: object) -> Value:
    """Convert the result of `to_json` back to a type.

    Unknown keys of a dataclass are ignored, because files of a later version may have more.

    Args:
        kind: A dataclass, or a type of a dataclass's field.
        value: JSON types.

    Raises:
        TypeError: If a key without a default is missing, or another type is in place of a list or
            an object.
    """
    return _read(kind, value)  # type: ignore[no-any-return]


def _read(kind: Any, value: Any) -> Any:
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is Any or kind is object or isinstance(kind, str):
        return value
    if origin in (Union, UnionType):
        some = [one for one in arguments if one is not NoneType]
        return None if value is None else _read(some[0], value) if len(some) == 1 else value
    if origin is tuple:
        return tuple(_read(arguments[0], inner) for inner in _needed(list, value))
    if origin is not None and issubclass(origin, Mapping):
        return {key: _read(arguments[1], v) for key, v in _needed(dict, value).items()}
    if isinstance(kind, type) and is_dataclass(kind):
        hints, given = get_type_hints(kind), _needed(dict, value)
        known = {field.name for field in fields(kind)} & given.keys()
        return kind(**{name: _read(hints[name], given[name]) for name in known})
    return float(value) if kind is float else value


def _needed(kind: type[Value], value: object) -> Value:
    if not isinstance(value, kind):
        raise TypeError(f"expected a {kind.__name__}, but got {value!r:.40}")
    return value
