"""Tags as the keyword properties hold them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.archive.sidecars.sidecar_tag import SidecarTag
from labelsphere.archive.sidecars.xmp_fields import KEYWORD_FIELDS, KeywordField

BY_NAME = {field.local: field for field in KEYWORD_FIELDS}


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("subject", "cat"),
        ("TagsList", "animal/cat"),
        ("hierarchicalSubject", "animal|cat"),
        ("LastKeywordXMP", "animal/cat"),
        ("CatalogSets", "animal|cat"),
    ],
)
def test_a_tag_with_a_parent(local: str, expected: str) -> None:
    assert BY_NAME[local].value(SidecarTag("cat", parents=("animal",))) == expected


@pytest.mark.parametrize("field", KEYWORD_FIELDS, ids=lambda field: field.local)
@given(name=st.text(min_size=1), parents=st.lists(st.text(min_size=1), max_size=3))
def test_the_last_part_of_a_value_is_that_of_the_name(
    field: KeywordField, name: str, parents: list[str]
) -> None:
    value = field.value(SidecarTag(name, parents=tuple(parents)))
    assert field.leaf(value) == field.leaf_of(name)
    if field.separator is not None:
        assert value.count(field.separator) == len(parents)


@pytest.mark.parametrize("field", KEYWORD_FIELDS, ids=lambda field: field.local)
def test_names_are_known_with_and_without_the_slash_of_the_namespace(field: KeywordField) -> None:
    bare = field.namespace.rstrip("/")
    assert set(field.names) == {f"{bare}/ {field.local}", f"{bare} {field.local}"}


def test_what_programs_look_at_first_is_always_written() -> None:
    always = [field.local for field in KEYWORD_FIELDS if field.created == "always"]
    assert always == ["subject", "TagsList"]
