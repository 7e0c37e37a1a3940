"""Parser of lists written as text: ``['sky', 'sea']`` by Python, JSON or NumPy."""

import ast
import json
import re

from labelsphere.errors import DataError

_WORD = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
_ITEM = re.compile(rf"(?:np\.str_\(({_WORD})\)|[uU]?({_WORD})|(None|nan|NaN|null))\s*")
_WRAPPERS = re.compile(
    r"(?:np\.)?(?:array|frozenset|set|list|tuple)\((.*?)(?:,\s*dtype=.*)?\)", re.DOTALL
)
_OPENINGS = ("'", '"', "u'", 'u"', "np.str_(")
_NOTHING = re.compile(r"(?:None|nan|NaN|null)\s*(?:,|$)")
_OPENED = re.compile(r"""\s*[\[{]\s*[uU]?["']""")
_VALUED = re.compile(rf"\{{\s*{_WORD}\s*:")
_OBJECTS = re.compile(rf"[\[(]\s*\{{\s*{_WORD}\s*:")
_ENDINGS = ("'", '"', ")", ",", "None", "nan", "null")
_BRACKETS = {"[": "]", "(": ")", "{": "}"}
MEND = "write the tags with the separator between them, or as lists in JSON lines or Parquet"
_VALUES_MEND = "write one row per tag, image,tag,confidence, or the same objects in JSON lines"


def looks_listed(cell: str) -> bool:
    """Return whether a cell begins like a list of quoted words.

    Examples:
        >>> [looks_listed(cell) for cell in ("['sky', 'sea']", "[]", "[bold]", "['sk", "sky")]
        [True, True, False, True, False]
    """
    inner = _unwrapped(cell)
    if not inner:
        return bool(cell.strip())
    if _OPENED.match(inner):
        return True
    if len(inner) < 2 or _BRACKETS.get(inner[0]) != inner[-1]:
        return False
    body = inner[1:-1].strip()
    if not body:
        return inner[0] == "["
    if inner[0] != "(":
        return body.lstrip("[{( ").startswith(_OPENINGS) or (
            inner[0] == "[" and _NOTHING.match(body) is not None
        )
    # Words in parentheses may belong to a tag.
    return body.startswith(_OPENINGS) and body.endswith(_ENDINGS)


def parse_list(cell: str) -> list[str]:
    r"""Parse such a cell, without markers of empty cells such as ``None``.

    Raises:
        DataError: If it cannot be parsed; the message says why, and how to fix it.

    Examples:
        >>> parse_list("['sky' 'deep sea']"), parse_list('["\u00e9t\u00e9"]')
        (['sky', 'deep sea'], ['été'])
    """
    inner = _unwrapped(cell)
    if _VALUED.match(inner):
        raise DataError(f"tags with values, written as text: {_VALUES_MEND}")
    if _OBJECTS.match(inner):
        raise DataError(f"a list of objects, written as text: {_VALUES_MEND}")
    if inner and (len(inner) < 2 or _BRACKETS.get(inner[0]) != inner[-1]):
        raise DataError(f"a list written as text that does not end with its bracket: {MEND}")
    body = inner[1:-1].strip()
    words: list[str] = []
    location = 0
    while location < len(body):
        item = _ITEM.match(body, location)
        if item is None:
            raise DataError(f"a list written as text, which cannot be read whole: {MEND}")
        quoted = item.group(1) or item.group(2)
        if quoted is not None:
            words.append(_unquoted(quoted))
        location = item.end()
        if body.startswith(",", location):
            location += 1
            location += len(body) - location - len(body[location:].lstrip())
        elif location < len(body) and not body[item.end() - 1].isspace():
            raise DataError(
                f"a list written as text, with nothing between two of its words: {MEND}"
            )
    return words


def _unwrapped(cell: str) -> str:
    cell = cell.strip()
    wrapped = _WRAPPERS.fullmatch(cell)
    return wrapped.group(1).strip() if wrapped else cell


def _unquoted(word: str) -> str:
    try:
        if word.startswith('"'):
            return str(json.loads(word, strict=False))
    except ValueError:
        pass
    try:
        return str(ast.literal_eval(word))
    except (ValueError, SyntaxError) as error:
        raise DataError(
            f"a list written as text, whose word {word[:40]} cannot be read: {MEND}"
        ) from error
