import pytest

from labelsphere.annotations import Hierarchy
from labelsphere.archive.filtering import TagFilter
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
