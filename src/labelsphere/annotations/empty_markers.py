"""Markers that programs write into empty cells, such as ``nan``."""

from collections.abc import Collection

import polars as pl

from labelsphere.annotations.distinct import as_enum, names_of
from labelsphere.annotations.report import ReadReport

EMPTY_MARKERS = (
    *("nan", "-nan", "none", "null", "nil", "nat", "undefined", "n/a", "n.a.", "<na>"),
    *("(none)", "(null)", "(empty)", "(blank)", "\\n"),
    *("#n/a", "#ref!", "#value!", "#name?", "#div/0!", "#null!", "#num!"),
    *("-", "--", "---", "\u2013", "\u2014"),
)
"""Markers in lower case; compared without regard to case."""
_EXACT = ("NA",)
"""Markers in this case only: ``Na`` may be a tag."""


def marks_nothing(words: pl.Series) -> pl.Series:
    r"""Return a Boolean series: whether each word marks an empty cell; false for null.

    Examples:
        >>> marks_nothing(pl.Series(["sky", "NaN", "NA", "Na", r"\N", "-"])).to_list()
        [False, True, True, False, True, True]
    """
    marks = words.str.to_lowercase().is_in(EMPTY_MARKERS) | words.is_in(_EXACT)
    return marks.fill_null(value=False)


def drop_empty_markers(
    tags: pl.DataFrame, keep: Collection[str], report: ReadReport
) -> pl.DataFrame:
    """Drop tags that mark an empty cell, and count them in the report; ``tag`` becomes an Enum.

    Args:
        tags: Frame as in `RawTable.tags`.
        keep: Tags to keep although they look like markers.
        report: Counts are added to its ``empty_markers``.
    """
    tags = tags.with_columns(as_enum(tags["tag"]))
    names = names_of(tags["tag"])
    markers = [name for name in names.filter(marks_nothing(names)).to_list() if name not in keep]
    if not markers:
        return tags
    marked = pl.col("tag").is_in(markers)
    found = tags.filter(marked)["tag"]
    for marker, count in found.value_counts().rows():
        report.empty_markers[marker] = report.empty_markers.get(marker, 0) + int(count)
    return tags.filter(~marked)
