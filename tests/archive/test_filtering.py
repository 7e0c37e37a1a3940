from dataclasses import replace

import pytest

from labelsphere.annotations import Hierarchy, Vocabulary
from labelsphere.archive.categories import Categories
from labelsphere.archive.filtering import TagFilter, aliases_of
from labelsphere.errors import UsageError
from labelsphere.tagger.tag import Tag

TAGS = (
    Tag("crane", 1.0, 0.9, True, False),
    Tag("sky", 0.8, 0.8, True, False),
    Tag("bird", 0.5, 0.6, False, True),
    Tag("sea", 0.1, 0.4, False, True),
)
KINDS = Hierarchy.from_pairs([("crane", "bird"), ("bird", "animal"), ("sky", "air")])


def labels(chosen: TagFilter) -> list[str]:
    return [tag.label for tag in chosen.apply(TAGS)]


def test_everything_is_written_unless_told_otherwise() -> None:
    assert labels(TagFilter()) == ["crane", "sky", "bird", "sea"]
    assert labels(TagFilter(suggested=False)) == ["crane", "sky"]
    assert labels(TagFilter(at_most=3)) == ["crane", "sky", "bird"]
    assert labels(TagFilter(blocked=frozenset({"sky", "sea"}))) == ["crane", "bird"]
    # A blocked tag takes nobody's place.
    assert labels(TagFilter(at_most=2, blocked=frozenset({"crane"}))) == ["sky", "bird"]


def test_implied_tags_follow_what_implies_them() -> None:
    chosen = TagFilter(suggested=False, hierarchy=KINDS)
    assert labels(chosen) == ["crane", "bird", "animal", "sky", "air"]
    implied = {tag.label: tag for tag in chosen.apply(TAGS)}
    assert implied["animal"] == Tag("animal", 1.0, 0.9, True, False)
    # What is there by itself stays as it is.
    assert labels(TagFilter(hierarchy=KINDS)) == ["crane", "animal", "sky", "air", "bird", "sea"]
    blocked = TagFilter(suggested=False, hierarchy=KINDS, blocked=frozenset({"animal"}))
    assert labels(blocked) == ["crane", "bird", "sky", "air"]


def test_tags_without_calibration_have_no_level() -> None:
    raw = (Tag("sky", 1.0), Tag("sea", 0.5))
    assert TagFilter(suggested=False).apply(raw) == list(raw)


def test_numbers_are_checked() -> None:
    with pytest.raises(UsageError, match="1 or more"):
        TagFilter(at_most=0)
    with pytest.raises(UsageError, match="at most per category must be 1 or more"):
        TagFilter(at_most_per_category=0)


def test_a_category_has_at_most_so_many() -> None:
    table = Categories({"crane": "animal", "bird": "animal", "sky": "scenery"})
    one = TagFilter(at_most_per_category=1, categories=table)
    # The sea is in no category.
    assert labels(one) == ["crane", "sky", "sea"]
    assert labels(replace(one, at_most=2)) == ["crane", "sky"]
    # What is blocked or left out counts nothing.
    assert labels(replace(one, blocked=frozenset({"crane"}))) == ["sky", "bird", "sea"]
    named = (Tag("artist:a", 1.0), Tag("artist:b", 0.9), Tag("c", 0.8), Tag("d", 0.7))
    kept = TagFilter(at_most_per_category=1).apply(named)
    assert [tag.label for tag in kept] == ["artist:a", "c", "d"]
    # Implied tags are not counted.
    both = TagFilter(False, hierarchy=KINDS, at_most_per_category=1, categories=table)
    assert labels(both) == ["crane", "bird", "animal", "sky", "air"]


def test_other_names_follow_their_tag() -> None:
    vocabulary = Vocabulary(["crane", "sky"], {"grus": "crane", "gru": "crane", "heaven": "sky"})
    aliases = aliases_of(vocabulary)
    chosen = TagFilter(False, aliases=aliases, blocked=frozenset({"gru"}))
    assert labels(chosen) == ["crane", "grus", "sky", "heaven"]
    assert labels(replace(chosen, hierarchy=KINDS))[:4] == ["crane", "grus", "bird", "animal"]
