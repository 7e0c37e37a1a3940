"""Tables written by ``labelsphere tag``: only accepted labels are tags."""

from collections.abc import Sequence

import polars as pl

from labelsphere.annotations.report import number_of

_STATUS = "status"
_COLUMNS = ("label", "probability", _STATUS)
_ACCEPTED = "accepted"
_VALUES = (_ACCEPTED, "suggested", "other")


def needed_columns(columns: Sequence[str]) -> set[str]:
    """Return the columns that `accepted_tags` needs, if a table has all of them."""
    return set(_COLUMNS) if set(_COLUMNS) <= set(columns) else set()


def accepted_tags(frame: pl.DataFrame) -> tuple[pl.DataFrame, tuple[str, ...]]:
    """Remove labels that are not accepted, and describe their number.

    Their images are kept, even without tags. Other tables are returned unchanged.

    Args:
        frame: One row a tag, with ``label``, ``probability`` and ``status``, or any other.
    """
    if not needed_columns(frame.columns) or frame.schema[_STATUS] != pl.String:
        return frame, ()
    status = frame[_STATUS]
    if not status.is_in(_VALUES).all():
        return frame, ()
    left_out = int((status != _ACCEPTED).sum())
    label = pl.when(pl.col(_STATUS) == _ACCEPTED).then(pl.col("label")).alias("label")
    note = f"{number_of(left_out, 'tag')} left out that labelsphere suggested and did not accept"
    return frame.with_columns(label).drop(_STATUS), (note,) if left_out else ()
