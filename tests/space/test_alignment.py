"""Tags over another vocabulary, brought over by name."""

from dataclasses import replace

import pytest

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.errors import UsageError
from labelsphere.space.alignment import align_annotations, check_same_vocabulary, unknown_label


def test_labels_are_matched_by_name_and_the_others_counted() -> None:
    tags = Annotations.from_lists([["a", "b"], ["c"], ["b", "c"], []])
    aligned = align_annotations(tags, Vocabulary(["z", "c", "a"]))
    assert [aligned.tags_of(row) for row in range(4)] == [["a"], ["c"], ["c"], []]
    assert aligned.vocabulary == Vocabulary(["z", "c", "a"])
    assert aligned.report.unknown_tags == {"b": 2}
    assert aligned.image_ids == tags.image_ids
    assert tags.report.unknown_tags == {}
    assert aligned.matrix.has_sorted_indices


def test_confidences_come_along_and_earlier_unknown_tags_stay_counted() -> None:
    tags = Annotations.from_lists([["a", "b", "d"]], vocabulary=Vocabulary("ab"))
    tags = replace(tags, matrix=tags.matrix * 0.5)
    aligned = align_annotations(tags, Vocabulary("ca"))
    assert aligned.matrix.toarray().tolist() == [[0.0, 0.5]]
    assert aligned.report.unknown_tags == {"d": 1, "b": 1}


def test_labels_are_matched_by_alias_and_those_that_meet_are_one() -> None:
    tags = Annotations.from_lists([["auto", "car"], ["auto"], ["kfz"]])
    aligned = align_annotations(tags, Vocabulary(["car"], {"auto": "car"}))
    assert aligned.matrix.toarray().tolist() == [[1.0], [1.0], [0.0]]
    assert aligned.report.unknown_tags == {"kfz": 1}


def test_the_same_vocabulary_changes_nothing() -> None:
    tags = Annotations.from_lists([["a", "b"]])
    assert align_annotations(tags, Vocabulary("ab")) is tags


def test_a_vocabulary_that_does_not_fit_is_refused_and_told_where() -> None:
    check_same_vocabulary(Vocabulary("ab"), Vocabulary("ab"))
    with pytest.raises(UsageError, match="label 1 is 'c' and should be 'b'"):
        check_same_vocabulary(Vocabulary("acb"), Vocabulary("ab"))
    with pytest.raises(UsageError, match="vocabulary of 1 labels does not fit the space's 2; map"):
        check_same_vocabulary(Vocabulary("a"), Vocabulary("ab"))


@pytest.mark.parametrize(
    ("label", "hint"),
    [("Tree", "close spellings: 'tree', 'three'"), ("xyz", r"labels\.parquet in its folder")],
)
def test_an_unknown_label_brings_close_spellings(label: str, hint: str) -> None:
    error = unknown_label(label, Vocabulary(["three", "tree", "horse"]))
    assert isinstance(error, UsageError)
    with pytest.raises(UsageError, match=hint):
        raise error
