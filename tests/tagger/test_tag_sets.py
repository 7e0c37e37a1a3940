"""Distinct tag sets, against a counter over plain lists."""

from collections import Counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.tagger.tag_sets import TagSets

VOCABULARY = Vocabulary(list("abcde"))
tag_lists = st.lists(st.sets(st.sampled_from("abcde")), max_size=15)


def sets_of(sets: TagSets) -> Counter[frozenset[int]]:
    counted: Counter[frozenset[int]] = Counter()
    for row, count in zip(sets.members.toarray(), sets.counts.tolist(), strict=True):
        assert count >= 1
        assert frozenset(np.flatnonzero(row).tolist()) not in counted
        counted[frozenset(np.flatnonzero(row).tolist())] = count
    return counted


@given(tag_lists)
def test_each_set_is_kept_once_with_its_frequency(lists: list[set[str]]) -> None:
    tags = Annotations.from_lists([sorted(tags) for tags in lists], vocabulary=VOCABULARY)
    expected = Counter(frozenset("abcde".index(tag) for tag in tags) for tags in lists if tags)
    assert sets_of(TagSets.of(tags)) == expected


@given(tag_lists, st.integers(1, 4))
def test_the_most_frequent_ones_are_kept(lists: list[set[str]], most: int) -> None:
    tags = Annotations.from_lists([sorted(tags) for tags in lists], vocabulary=VOCABULARY)
    found = sets_of(TagSets.of(tags, most))
    everything = sets_of(TagSets.of(tags))
    assert len(found) == min(most, len(everything))
    assert all(everything[each] == count for each, count in found.items())
    assert sorted(found.values()) == sorted(everything.values())[len(everything) - len(found) :]
    assert sets_of(TagSets.of(tags, most)) == found


@given(tag_lists, st.lists(st.integers(-1, 2), min_size=5, max_size=5))
def test_renumbered_sets_are_those_of_renumbered_tags(
    lists: list[set[str]], numbers: list[int]
) -> None:
    tags = Annotations.from_lists([sorted(tags) for tags in lists], vocabulary=VOCABULARY)
    mapped = [{numbers["abcde".index(tag)] for tag in tags} - {-1} for tags in lists]
    expected = Counter(frozenset(each) for each in mapped if each)
    assert sets_of(TagSets.of(tags).renumbered(np.array(numbers), 3)) == expected
