from dataclasses import replace

import numpy as np
import pytest

from labelsphere.annotations import Annotations
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
from labelsphere.tagger import label_context
from labelsphere.tagger.label_context import LabelContext

TAGS = Annotations.from_lists([["sea", "sky"], ["sea", "sky"], ["cat"], ["cat", "sofa"], []])


def test_counts_images_and_not_confidences() -> None:
    context = LabelContext.of(TAGS)
    assert context.counts.tolist() == [2, 2, 2, 1]
    assert context.n_images == 5
    assert context.space is None


def test_a_space_over_other_labels_is_refused() -> None:
    other = LabelSpace.fit(Annotations.from_lists([["sea", "sky"], ["sea", "sky"], ["dog"]]))
    with pytest.raises(UsageError, match="does not fit"):
        LabelContext.of(TAGS, other)


def test_a_missing_space_names_the_way_to_one() -> None:
    with pytest.raises(UsageError, match=r"'cosine' needs a label space.*labelsphere embed"):
        LabelContext.of(TAGS).needed_space("cosine")
    space = LabelSpace.fit(TAGS)
    assert LabelContext.of(TAGS, space).needed_space("cosine") is space
    np.testing.assert_array_equal(space.counts, TAGS.label_counts())


def test_tag_sets_are_kept_with_a_space_and_without_confidences(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert LabelContext.of(TAGS).tag_sets is None
    space = LabelSpace.fit(TAGS)
    halved = replace(TAGS, matrix=TAGS.matrix * 0.5)
    sets = LabelContext.of(halved, space).tag_sets
    assert sets is not None
    # The last image has no tags.
    np.testing.assert_array_equal(sets.toarray(), TAGS.matrix.toarray()[:4] > 0)
    monkeypatch.setattr(label_context, "_MOST_SETS", 2)
    few = LabelContext.of(TAGS, space).tag_sets
    assert few is not None
    assert few.shape == (2, 4)
    again = LabelContext.of(TAGS, space).tag_sets
    assert again is not None
    np.testing.assert_array_equal(few.toarray(), again.toarray())
    # Labels that change leave the sets behind.
    assert LabelContext.of(TAGS, space).with_space(space).tag_sets is None


def test_another_space_keeps_what_was_counted_in_training() -> None:
    # The space was counted in ten images, the tagger trained on five.
    space = LabelSpace.fit(Annotations.from_lists([TAGS.tags_of(i % 5) for i in range(10)]))
    larger = space.place("pier", {"sea": 4}, images=4)
    context = LabelContext.of(TAGS, LabelSpace.fit(TAGS)).with_space(larger)
    assert context.vocabulary.names == (*TAGS.vocabulary.names, "pier")
    assert context.counts.tolist() == [2, 2, 2, 1, 2]
    assert (context.n_images, context.space) == (5, larger)


def test_counts_go_with_labels_that_are_renamed_and_merged() -> None:
    context = LabelContext.of(TAGS, space := LabelSpace.fit(TAGS))
    revised = context.with_space(space.revise({"sofa": "couch", "sea": "sky", "cat": None}))
    assert revised.vocabulary.names == ("sky", "couch")
    assert revised.counts.tolist() == [4, 1]
    all_one = context.with_space(space.revise({"cat": "sky", "sofa": "sky", "sea": "sky"}))
    assert all_one.counts.tolist() == [5]
