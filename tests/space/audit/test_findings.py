"""The audit: planted gaps and mistakes are the known answer."""

import numpy as np
import pytest

from labelsphere.annotations import Annotations
from labelsphere.arrays import FloatArray
from labelsphere.errors import DataError, UsageError
from labelsphere.space import LabelSpace
from labelsphere.space.audit import Finding, audit_tags

BLOCKS = [[f"{name} {i}" for i in range(5)] for name in ("sea", "town", "farm")]
VOCABULARY = sorted(tag for block in BLOCKS for tag in block)


def planted(seed: int = 0) -> tuple[Annotations, set[tuple[int, str]], set[tuple[int, str]]]:
    """Images of four of five tags of one block; some lose one of those, some gain a stranger."""
    random = np.random.default_rng(seed)
    rows, lost, strange = [], set(), set()
    for image in range(300):
        block = BLOCKS[image % 3]
        tags = list(block)
        if image % 10 == 0:
            lost.add((image, tags.pop(random.integers(5))))
        if image % 10 == 5:
            other = BLOCKS[(image + 1 + random.integers(2)) % 3][random.integers(5)]
            strange.add((image, other))
            tags.append(other)
        rows.append(tags)
    return Annotations.from_lists(rows), lost, strange


TAGS, LOST, STRANGE = planted()


class Scores:
    """Predictions that know the truth, or nothing."""

    def __init__(self, scores: FloatArray) -> None:
        self.scores = scores

    def rows(self, start: int, stop: int) -> FloatArray:
        return self.scores[start:stop]


def pairs(findings: list[Finding]) -> set[tuple[int, str]]:
    return {(finding.row, finding.label) for finding in findings}


@pytest.mark.parametrize("by_space", [False, True])
def test_planted_gaps_and_mistakes_come_first(by_space: bool) -> None:
    space = LabelSpace.fit(TAGS) if by_space else None
    found = audit_tags(TAGS, space=space, missing=len(LOST), doubtful=len(STRANGE))
    assert pairs(found.missing) == LOST
    assert pairs(found.doubtful) == STRANGE
    assert found.judged == TAGS.matrix.nnz


def test_findings_name_the_image_and_come_best_first() -> None:
    named = Annotations.from_lists(
        [TAGS.tags_of(i) for i in range(300)], image_ids=[f"{i}.png" for i in range(300)]
    )
    found = audit_tags(named, missing=40, doubtful=40)
    for findings, kind in ((found.missing, "missing"), (found.doubtful, "doubtful")):
        scores = [finding.score for finding in findings]
        assert scores == sorted(scores, reverse=True)
        assert {finding.kind for finding in findings} == {kind}
        assert all(finding.image == f"{finding.row}.png" for finding in findings)


def test_missing_tags_are_absent_and_doubtful_ones_there() -> None:
    found = audit_tags(TAGS, missing=10_000, doubtful=10_000, per_image=20)
    assert all(f.label not in TAGS.tags_of(f.row) for f in found.missing)
    assert pairs(found.doubtful) == {(i, tag) for i in range(300) for tag in TAGS.tags_of(i)}


def test_few_of_one_image() -> None:
    found = audit_tags(TAGS, missing=10_000, per_image=2)
    rows = [finding.row for finding in found.missing]
    assert max(rows.count(row) for row in set(rows)) == 2


def test_blocks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = audit_tags(TAGS)
    monkeypatch.setattr("labelsphere.space.audit.findings._SCORES_AT_ONCE", 40)
    assert audit_tags(TAGS) == whole


def test_a_tag_alone_on_its_image_is_not_judged() -> None:
    tags = Annotations.from_lists([["a"], ["a", "b"], ["b", "c"], ["c", "a"], []])
    found = audit_tags(tags, doubtful=100)
    assert found.judged == 6
    assert {finding.row for finding in found.doubtful} == {1, 2, 3}


def test_predictions_that_know_decide_where_tags_tell_nothing() -> None:
    # Tags by the toss of a coin: only what is seen can tell which were swapped.
    random = np.random.default_rng(1)
    truth = random.random((400, 8)) < 0.4
    given = truth.copy()
    swapped = random.choice(400, 30, replace=False)
    for image in swapped:
        there, absent = np.flatnonzero(truth[image]), np.flatnonzero(~truth[image])
        if len(there) and len(absent):
            given[image, there[0]], given[image, absent[0]] = False, True
    names = [f"tag {i}" for i in range(8)]
    tags = Annotations.from_lists(
        [[name for name, on in zip(names, row, strict=True) if on] for row in given]
    )
    wrong = {(i, names[j]) for i, j in zip(*np.nonzero(given & ~truth), strict=True)}
    gaps = {(i, names[j]) for i, j in zip(*np.nonzero(truth & ~given), strict=True)}
    scores = (truth + 0.1 * random.normal(size=truth.shape)).astype(np.float32)
    found = audit_tags(tags, predictions=Scores(scores), missing=len(gaps), doubtful=len(wrong))
    assert pairs(found.missing) == gaps
    assert pairs(found.doubtful) == wrong


def test_predictions_that_know_nothing_do_no_harm() -> None:
    noise = np.random.default_rng(2).normal(size=(300, 15)).astype(np.float32)
    found = audit_tags(TAGS, predictions=Scores(noise), missing=len(LOST), doubtful=len(STRANGE))
    assert pairs(found.missing) == LOST
    assert pairs(found.doubtful) == STRANGE


def test_nothing_to_compare_is_refused() -> None:
    with pytest.raises(DataError, match="no image has two tags"):
        audit_tags(Annotations.from_lists([["a"], ["b"]]))


def test_numbers_out_of_range_are_refused() -> None:
    with pytest.raises(UsageError, match="per_image 1 or more"):
        audit_tags(TAGS, per_image=0)
