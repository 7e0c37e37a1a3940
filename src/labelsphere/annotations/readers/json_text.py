"""JSON parser whose errors give the location of the fault."""

import json
from pathlib import Path
from typing import Any

from labelsphere.annotations.text import read_text
from labelsphere.errors import DataError


class RepeatedKeys(dict[str, Any]):
    """Object with a repeated key, which has the last of its values.

    Attributes:
        repeated: The first repeated key.
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
    """Refuse an object with a repeated key, because a value would be lost.

    Args:
        value: Result of `parse_json`, or a value in it. Nested values are not checked.
        where: Location of the value, for messages.

    Raises:
        DataError: If a key is repeated.
    """
    if isinstance(value, RepeatedKeys):
        raise DataError(f"{where}: key {value.repeated!r} is given twice; expected each key once")


def parse_json(text: str, where: str) -> Any:
    """Parse JSON.

    Args:
        text: One JSON value.
        where: Location of the text, for messages, such as ``"tags.jsonl line 3"``.

    Raises:
        DataError: If it is not JSON, nested too deeply, or has a number of thousands of digits.
    """
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        line = f" line {error.lineno}" if error.lineno > 1 else ""
        raise DataError(f"{where}{line} column {error.colno}: {_fault(text, error)}") from error
    except RecursionError as error:
        raise DataError(f"{where}: nested too deep; expected an image and its tags") from error
    except ValueError as error:
        raise DataError(f"{where}: not readable as JSON: {error}") from error


def _fault(text: str, error: json.JSONDecodeError) -> str:
    """Describe the fault of text that is not JSON, and how to fix it."""
    start = text.strip()
    if not start.startswith(("{", "[")):
        first = start.partition("\n")[0]
        shown = repr(first if len(first) <= 40 else first[:39] + "…")
        return (
            f"not JSON, but {shown}; for a table with column names give the argument `format` csv"
        )
    if error.msg == "Extra data":
        return (
            "not valid JSON: more text follows the value; expected one value, or in JSON lines one "
            "per line"
        )
    what = error.msg.removesuffix(" starting at")
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
        return f"not valid JSON: {what}; it looks cut off: write the file again"
    return f"not valid JSON: {what}"


def load_json(path: Path) -> Any:
    """Read a JSON file.

    Raises:
        DataError: If it is empty, not UTF-8, or not JSON.
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
