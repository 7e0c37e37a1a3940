"""Detection of suspicious image ids."""

import re

import polars as pl

from labelsphere.annotations.empty_markers import EMPTY_MARKERS, marks_nothing
from labelsphere.annotations.letters import INVISIBLE
from labelsphere.annotations.readers.raw import RowLocation
from labelsphere.annotations.report import number_of

_CONTROL = r"[\x00-\x1f\x7f]"
_COMMENT = r"^(#|//|%)\s"
_MARKS = f"(?i)^({'|'.join(map(re.escape, (*EMPTY_MARKERS, 'na')))})$"
_ODD = "|".join((_CONTROL, INVISIBLE, _COMMENT, _MARKS))


def odd_ids(ids: pl.Series, location: RowLocation) -> list[str]:
    """Describe suspicious image ids, one sentence for each kind.

    Args:
        ids: One name per image.
        location: Function that describes the location of a row.
    """
    # One pass says of nearly every table that nothing is odd.
    if not ids.str.contains(_ODD).any():
        return []
    kinds = (
        (ids.str.contains(_CONTROL), "hold a line end or another control character, such as in"),
        (ids.str.contains(INVISIBLE), "hold a letter that cannot be seen, such as in"),
        (marks_nothing(ids), "look like the mark of an empty cell, such as in"),
        (ids.str.contains(_COMMENT), "begin as a comment does and are read as images, such as in"),
    )
    notes = []
    for odd, what in kinds:
        rows = odd.fill_null(value=False).arg_true()
        if len(rows) == 1:
            verb, _, rest = what.partition(" ")
            what = f"{verb}s {rest}".replace(" are read as images", " is read as an image")
        if len(rows):
            notes.append(f"{number_of(len(rows), 'image id')} {what} {location(rows[0])}")
    return notes
