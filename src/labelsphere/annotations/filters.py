"""Filters and renaming of tags before they are numbered, with counts for the report."""

from pathlib import Path

import polars as pl

from labelsphere.annotations.readers.opening import delimiter_of
from labelsphere.annotations.report import ReadReport, number_of
from labelsphere.annotations.text import read_text
from labelsphere.errors import DataError, UsageError

_ROUNDING = 1e-6
"""Largest rounding error above 1 of a confidence, which then counts as 1."""


def check_confidences(tags: pl.DataFrame, source: Path) -> None:
    """Check that confidences are from 0 to 1.

    Raises:
        DataError: If one is outside, or not a number.
    """
    if "confidence" not in tags:
        return
    share = pl.col("confidence")
    wrong = tags.filter(~share.is_between(0, 1 + _ROUNDING) | share.is_nan())
    if wrong.height:
        tag, value = wrong["tag"][0], wrong["confidence"][0]
        raise DataError(
            f"{source}: {number_of(wrong.height, 'confidence')} outside 0 to 1, such as "
            f"{value:g} for {tag!r}; divide percentages by 100, or rename the column if it is no "
            "confidence"
        )


def separate_absent(
    tags: pl.DataFrame, report: ReadReport
) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """Separate known absences (tags of confidence 0) from the other tags.

    A tag without a confidence gets 1.

    Returns:
        The present tags, and the known absences; None without confidences.
    """
    if "confidence" not in tags:
        return tags, None
    filled = tags.with_columns(pl.col("confidence").fill_null(1.0))
    there = pl.col("confidence") > 0
    absent = filled.filter(~there).drop("confidence")
    report.absent_tags += absent.height
    return filled.filter(there), absent


def drop_uncertain(tags: pl.DataFrame, least: float, report: ReadReport) -> pl.DataFrame:
    """Drop tags with a confidence below ``least``."""
    if "confidence" not in tags:
        return tags
    kept = tags.filter(pl.col("confidence") >= least)
    report.low_confidence += len(tags) - len(kept)
    return kept


class LabelNames:
    """Names of label codes.

    Attributes:
        unnamed: Codes that occurred and have no name.

    Args:
        path: CSV or TSV of two columns, code and name, with or without a header.

    Raises:
        UsageError: If the file does not exist.
        DataError: If it does not have two columns.
    """

    def __init__(self, path: Path) -> None:
        if not path.exists() or path.is_dir():
            raise UsageError(f"{path} is not a file; expected label codes and names, as CSV")
        text = read_text(path)
        delimiter = delimiter_of(text.split("\n", 1)[0])
        try:
            table = pl.read_csv(
                text.encode(), separator=delimiter, has_header=False, infer_schema=False
            )
        except pl.exceptions.PolarsError as error:
            raise DataError(
                f"{path} must have two columns, code and name, in every line"
            ) from error
        if table.width != 2:
            raise DataError(f"{path} has {table.width} columns; expected two, code and name")
        codes, names = (table.to_series(place).str.strip_chars() for place in (0, 1))
        named = pl.DataFrame({"tag": codes, "name": names}).drop_nulls()
        self.unnamed: set[str] = set()
        self._path = path
        self._naming = named.unique("tag", keep="first")

    def rename(self, tags: pl.DataFrame) -> pl.DataFrame:
        """Replace codes by names; a code without a name is kept.

        Args:
            tags: Frame as in `RawTable.tags`.
        """
        joined = tags.cast({"tag": pl.String}).join(
            self._naming, on="tag", how="left", maintain_order="left"
        )
        self.unnamed.update(joined.filter(pl.col("name").is_null())["tag"].unique())
        return joined.with_columns(tag=pl.coalesce("name", "tag")).drop("name")

    def remarks(self) -> list[str]:
        """Return a note on codes without a name, if there are any."""
        if not self.unnamed:
            return []
        return [f"{number_of(len(self.unnamed), 'label')} without a name in {self._path.name}"]
