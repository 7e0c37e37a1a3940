"""JSON parser whose errors name the location of the fault."""

import json
from pathlib import Path
from typing import Any

from labelsphere.annotations.text import read_text
from labelsphere.errors import DataError


class RepeatedKeys(dict[str, Any]):
    """An object that gives a key twice. It holds the last value of such a key.

    Attributes:
        repeated: The first key that is given twice.
    """

    repeated: str = ""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    keys = [key for key, _ in pairs]
    twice = RepeatedKeys(found)
    twice.repeated = next(key for key in found if keys.count(key) > 1)
    return twice


_DECODER = json.JSONDecoder(object_pairs_hook=_object)


def check_keys(value: object, where: str) -> None:
    """Raise an error for an object that gives a key twice, since a value would be lost.

    Args:
        value: What `parse_json` returned, or a value within it. Values inside it are not checked.
        where: Where it comes from, for messages.

    Raises:
        DataError: If it does.
    """
    if isinstance(value, RepeatedKeys):
        raise DataError(f"{where}: key {value.repeated!r} is given twice; expected each key once")


def parse_json(text: str, where: str) -> Any:
    """Parse JSON.

    Args:
        text: One JSON value.
        where: Where it comes from, for messages, such as ``"tags.jsonl line 3"``.

    Raises:
        DataError: If it is no JSON, nested too deep, or holds a number of thousands of digits.
    """
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        line = f" line {error.lineno}" if error.lineno > 1 else ""
        raise DataError(f"{where}{line} column {error.colno}: {_fault(text, error)}") from error
    except RecursionError as error:
        raise DataError(f"{where}: nested too deep; expected an image and its tags") from error
    except ValueError as error:
        raise DataError(f"{where}: no JSON that can be read: {error}") from error


def _fault(text: str, error: json.JSONDecodeError) -> str:
    """Describe the fault of text that is no JSON, and how to mend it."""
    start = text.strip()
    if not start.startswith(("{", "[")):
        first = start.partition("\n")[0]
        shown = repr(first if len(first) <= 40 else first[:39] + "…")
        return f"no JSON, but {shown}; for a table with column names give the argument `format` csv"
    if error.msg == "Extra data":
        return (
            "no JSON: something follows the value; expected one value, or in JSON lines one a line"
        )
    what = error.msg.removesuffix(" starting at")
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
        return f"no JSON: {what}; it looks cut off: write the file again"
    return f"no JSON: {what}"


def load_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        DataError: If it is empty, not in UTF-8, or no JSON.
    """
    return parse_json(read_text(path), str(path))


def shortened(value: object) -> str:
    """Write a value as JSON, cut to a length that fits a message."""
    try:
        text = json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "a deeply nested value"
    text = text.encode(errors="backslashreplace").decode()
    return text if len(text) <= 60 else text[:59] + "…"
