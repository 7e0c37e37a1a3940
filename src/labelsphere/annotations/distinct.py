"""Tags by number, so that what is done with each name is done once and not for every use."""

import polars as pl


def as_enum(tags: pl.Series) -> pl.Series:
    """Tags as an Enum; its ``dtype.categories`` are the distinct ones, in no order.

    Args:
        tags: Strings, nulls allowed; or an Enum, which is returned as it is, and may have names
            that are not used.

    Examples:
        >>> numbered = as_enum(pl.Series(["sky", "sea", "sky"]))
        >>> numbered.dtype.categories.sort().to_list(), numbered.to_list()
        (['sea', 'sky'], ['sky', 'sea', 'sky'])
    """
    if isinstance(tags.dtype, pl.Enum):
        return tags
    return tags.cast(pl.Enum(tags.unique().drop_nulls()))


def names_of(tags: pl.Series) -> pl.Series:
    """The names of an Enum, as strings."""
    assert isinstance(tags.dtype, pl.Enum)
    return tags.dtype.categories
