from dataclasses import replace

import numpy as np
import pytest

from labelsphere.annotations import Annotations
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
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


def test_tag_sets_are_kept_with_a_space_and_without_confidences() -> None:
    assert LabelContext.of(TAGS).tag_sets is None
    halved = replace(TAGS, matrix=TAGS.matrix * 0.5)
    sets = LabelContext.of(halved, LabelSpace.fit(TAGS)).tag_sets
    assert sets is not None
    # The first two images have the same set, the last one has none.
    np.testing.assert_array_equal(sets.members.toarray(), TAGS.matrix.toarray()[[0, 2, 3]] > 0)
    assert sets.counts.tolist() == [2, 1, 1]


def test_embedded_sets_are_the_sums_of_their_labels_at_unit_length() -> None:
    space = LabelSpace.fit(TAGS)
    sets, points = LabelContext.of(TAGS, space).embedded_sets
    expected = sets.members.toarray() @ space.vectors
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    np.testing.assert_allclose(points, expected, atol=1e-6)
    without = replace(LabelContext.of(TAGS, space), tag_sets=None)
    with pytest.raises(UsageError, match="needs the tag sets"):
        _ = without.embedded_sets


def test_another_space_tells_what_each_label_was_in_training() -> None:
    space = LabelSpace.fit(TAGS)
    trained = LabelContext.of(TAGS, space)
    assert trained.n_outputs == 4
    assert not trained.untrained.any()
    larger = trained.with_space(space.place("pier", {"sea": 4}, images=4))
    assert larger.trained_as is not None
    assert larger.trained_as.tolist() == [0, 1, 2, 3, -1]
    assert larger.untrained.tolist() == [False] * 4 + [True]
    assert larger.tag_sets is not None
    assert larger.tag_sets.members.shape == (3, 5)
    # Again another space: numbers stay those of the training.
    assert larger.space is not None
    revised = larger.with_space(larger.space.revise({"sofa": "cat", "sea": None, "pier": "dock"}))
    assert revised.vocabulary.names == ("cat", "sky", "dock")
    assert revised.trained_as is not None
    assert revised.trained_as.tolist() == [0, 2, -1]
    assert revised.n_outputs == 4
    assert revised.tag_sets is not None
    # {cat} and {cat, sofa} are one set now.
    assert revised.tag_sets.members.toarray().tolist() == [[0, 1, 0], [1, 0, 0]]
    assert revised.tag_sets.counts.tolist() == [2, 2]


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
