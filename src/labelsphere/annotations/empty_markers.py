"""Words that programs write into a cell that is empty: they are no tags."""

from collections.abc import Collection

import polars as pl

from labelsphere.annotations.report import ReadReport

EMPTY_MARKERS = ("nan", "none", "null", "n/a", "<na>", "#n/a", "nat")
"""In lower case; compared without regard to case."""
_EXACT = ("NA",)
"""Markers in these letters alone: ``Na`` may be a tag."""


def drop_empty_markers(
    tags: pl.DataFrame, keep: Collection[str], report: ReadReport
) -> pl.DataFrame:
    """Drop tags that mark an empty cell; they are counted in the report.

    Args:
        tags: Frame as in `RawTable.tags`.
        keep: Tags that are meant, whatever they look like.
        report: Counts are added to its ``empty_markers``.
    """
    # Each tag once: there are far fewer than uses of them.
    names = tags["tag"].unique()
    marks = names.str.to_lowercase().is_in(EMPTY_MARKERS) | names.is_in(_EXACT)
    markers = [name for name in names.filter(marks).to_list() if name not in keep]
    if not markers:
        return tags
    marked = pl.col("tag").is_in(markers)
    found = tags.filter(marked)["tag"]
    for marker, count in found.value_counts().rows():
        report.empty_markers[marker] = report.empty_markers.get(marker, 0) + int(count)
    return tags.filter(~marked)
