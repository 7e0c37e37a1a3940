"""Tags in arrays and as objects."""

import numpy as np

from labelsphere.annotations import Vocabulary
from labelsphere.tagger.chosen import ChosenTags, starts_of
from labelsphere.tagger.tag import Tag

NAMES = Vocabulary(["sky", "sea", "sand"])


def test_starts_are_sums_of_lengths() -> None:
    assert starts_of(np.array([2, 0, 3])).tolist() == [0, 2, 2, 5]
    assert starts_of(np.array([], np.int64)).tolist() == [0]


def test_objects_are_what_the_arrays_say() -> None:
    raw = ChosenTags(np.array([0, 0, 2]), np.array([2, 0]), np.array([1.5, -1.0], np.float32))
    assert raw.tags(NAMES) == [[], [Tag("sand", 1.5), Tag("sky", -1.0)]]
    found = ChosenTags(
        np.array([0, 1]),
        np.array([1]),
        np.array([2.0], np.float32),
        np.array([0.25]),
        np.array([False]),
        np.array([True]),
    )
    assert found.tags(NAMES) == [[Tag("sea", 2.0, 0.25, accepted=False, suggested=True)]]


def test_groups_follow_one_another() -> None:
    first = ChosenTags(np.array([0, 1, 1]), np.array([1]), np.array([2.0], np.float32))
    second = ChosenTags(np.array([0, 0, 2]), np.array([0, 2]), np.array([3, 4], np.float32))
    joined = ChosenTags.joined([first, second])
    assert joined.tags(NAMES) == first.tags(NAMES) + second.tags(NAMES)
    assert joined.probabilities is None
    assert ChosenTags.joined([first]) is first
