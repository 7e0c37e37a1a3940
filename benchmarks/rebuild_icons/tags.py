"""Tags in one spelling, over all packages."""

import html
import re
import unicodedata
from collections.abc import Iterable

LONGEST = 40
SAME = {"e mail": "email", "wi fi": "wifi"}
# Words that name the drawing's style or that it is a drawing, not what it shows.
_STYLE = """
    icon icons svg outline outlined filled fill solid regular stroke sharp twotone duotone
"""
STYLE = frozenset(_STYLE.split())
_BETWEEN_WORDS = re.compile(r"(?<=\w)[_-]+(?=\w)")
_CODE = re.compile(r"dhis2:.*|\*\w+\*")


def clean(raw: Iterable[str]) -> tuple[str, ...]:
    """Tags as the collection holds them, each once, in the order of their first appearance.

    Args:
        raw: Cells of a catalogue; a cell may hold several tags, at commas and semicolons.
    """
    found: dict[str, None] = {}
    for cell in raw:
        text = unicodedata.normalize("NFKC", html.unescape(str(cell))).lower()
        for part in re.split(r"[,;]", text):
            tag = " ".join(_BETWEEN_WORDS.sub(" ", part).split()).strip(".")
            tag = SAME.get(tag, tag)
            if tag and len(tag) <= LONGEST and tag not in STYLE and not _CODE.fullmatch(tag):
                found.setdefault(tag)
    return tuple(found)
