"""Findings applied to annotations."""

from labelsphere.annotations import Annotations
from labelsphere.space.audit import Finding, corrected


def test_missing_tags_are_put_in_and_doubtful_ones_taken_out() -> None:
    tags = Annotations.from_lists([["a", "b"], ["c"], []])
    before = tags.matrix.toarray().tolist()
    findings = [
        Finding(0, "0", "c", "missing", 1.0),
        Finding(0, "0", "a", "doubtful", 1.0),
        Finding(2, "2", "b", "missing", 1.0),
        Finding(1, "1", "c", "missing", 1.0),
    ]
    new = corrected(tags, findings)
    assert [new.tags_of(row) for row in range(3)] == [["b", "c"], ["c"], ["b"]]
    assert new.matrix.has_sorted_indices
    assert new.matrix.dtype == tags.matrix.dtype
    assert set(new.matrix.data.tolist()) == {1.0}
    assert tags.matrix.toarray().tolist() == before


def test_no_findings_change_nothing() -> None:
    tags = Annotations.from_lists([["a", "b"], ["c"], []])
    assert corrected(tags, []).matrix.toarray().tolist() == tags.matrix.toarray().tolist()
