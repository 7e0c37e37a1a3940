"""Tags as an Enum say what they said as strings."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.annotations.distinct import as_enum, names_of


@given(st.lists(st.none() | st.text(max_size=3)))
def test_tags_stay_and_each_name_is_there_once(tags: list[str | None]) -> None:
    numbered = as_enum(pl.Series("tag", tags, pl.String))
    assert numbered.to_list() == tags
    assert numbered.name == "tag"
    assert sorted(names_of(numbered)) == sorted({tag for tag in tags if tag is not None})


def test_an_enum_stays_as_it_is() -> None:
    tags = pl.Series(["sky"], dtype=pl.Enum(["sea", "sky"]))
    assert as_enum(tags) is tags
