"""Sums of labels: planted riders, cosines by hand, and what cannot be looked up."""

from collections.abc import Callable

import numpy as np
import pytest

from labelsphere.annotations import Annotations, Vocabulary
from labelsphere.errors import UsageError
from labelsphere.space import LabelSpace
from labelsphere.space.arithmetic import frequent_labels

ROWS = [
    *[["man", "horse", "rider"]] * 6,
    *[["horse", "meadow"]] * 3,
    *[["man", "office"]] * 5,
    *[["meadow", "cow"]] * 4,
    *[["cow"], ["office"], ["street"]],
]
NAMES = ["cow", "horse", "man", "meadow", "never", "office", "rider", "street"]
TAGS = Annotations.from_lists(ROWS, vocabulary=Vocabulary(NAMES))
SPACE = LabelSpace.fit(TAGS)


def test_neighbors_leave_the_label_itself_out() -> None:
    near = SPACE.neighbors("rider", top=2)
    assert {neighbor.label for neighbor in near} == {"man", "horse"}
    assert near[0].proximity >= near[1].proximity > 0.3
    assert len(SPACE.neighbors("rider", top=99)) == 6


def test_combine_adds_vectors_and_leaves_its_terms_out() -> None:
    near = SPACE.combine("man", "horse", top=1)
    assert near[0].label == "rider"
    e = dict(zip(NAMES, SPACE.vectors.astype(np.float64), strict=True))
    total = e["man"] + e["horse"]
    cosine = total @ e["rider"] / np.linalg.norm(total) / np.linalg.norm(e["rider"])
    assert near[0].proximity == pytest.approx(cosine, abs=1e-6)


def test_combine_subtracts() -> None:
    assert SPACE.neighbors("man", top=1)[0].label == "rider"
    assert SPACE.combine("man", minus=["horse", "rider"], top=1)[0].label == "office"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: SPACE.neighbors("hrose"), "no label 'hrose' .* close spellings: 'horse'"),
        (lambda: SPACE.neighbors("never"), "'never' has no embedding"),
        (lambda: SPACE.neighbors("man", top=0), "top must be at least 1"),
        (lambda: SPACE.combine("man", minus=["unknown"]), "no label 'unknown'"),
        (lambda: SPACE.combine("man", minus=["man"]), "cancel"),
        (lambda: SPACE.combine(), "at least one label"),
    ],
)
def test_labels_that_cannot_be_looked_up_are_refused(
    call: Callable[[], object], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        call()


def test_frequent_labels_have_a_place_and_stand_in_order() -> None:
    counts = dict(zip(NAMES, TAGS.label_counts().tolist(), strict=True))
    placed = sorted((name for name in NAMES if name != "never"), key=lambda name: -counts[name])
    assert frequent_labels(SPACE, 3) == placed[:3]
    assert frequent_labels(SPACE, 99) == placed
