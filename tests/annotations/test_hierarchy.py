import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from labelsphere.annotations import Hierarchy, Vocabulary
from labelsphere.errors import DataError

KINDS = Hierarchy.from_pairs(
    [("crane", "bird"), ("crane", "machine"), ("bird", "animal"), ("dog", "animal"), ("sky", None)]
)


def test_labels_are_numbered_as_they_occur() -> None:
    assert KINDS.vocabulary.names == ("crane", "bird", "machine", "animal", "dog", "sky")
    assert KINDS.names == KINDS.vocabulary.names
    assert KINDS.depths.tolist() == [2, 1, 0, 0, 1, 0]
    assert repr(KINDS) == "Hierarchy(6 labels, 3 levels)"


def test_ancestors_go_all_the_way_up() -> None:
    assert KINDS.ancestors_of("crane") == ["bird", "machine", "animal"]
    assert KINDS.ancestors_of("animal") == []
    assert KINDS.ancestors.has_sorted_indices
    with pytest.raises(KeyError):
        KINDS.ancestors_of("cat")


@st.composite
def edges(draw: st.DrawFn) -> list[tuple[int, int]]:
    """Parents with smaller numbers than their children: never a cycle."""
    size = draw(st.integers(2, 12))
    pair = st.integers(1, size - 1).flatmap(lambda c: st.tuples(st.just(c), st.integers(0, c - 1)))
    return [(0, -1), *draw(st.lists(pair, max_size=30))]


@given(edges())
def test_ancestors_and_depths_against_a_walk(pairs: list[tuple[int, int]]) -> None:
    parents: dict[str, set[str]] = {}
    for child, parent in pairs:
        parents.setdefault(str(child), set()).update({str(parent)} if parent >= 0 else set())

    def above(label: str) -> set[str]:
        return set().union(*({p} | above(p) for p in parents.get(label, ())))

    def depth(label: str) -> int:
        return max((1 + depth(p) for p in parents.get(label, ())), default=0)

    kinds = Hierarchy.from_pairs((str(c), str(p) if p >= 0 else None) for c, p in pairs)
    for number, label in enumerate(kinds.vocabulary):
        assert set(kinds.ancestors_of(label)) == above(label)
        assert kinds.depths[number] == depth(label)
    assert set(kinds.ancestors.data) <= {1.0}


def test_a_label_may_not_be_its_own_ancestor() -> None:
    with pytest.raises(DataError, match="'b' is a kind of 'c' is a kind of 'b'"):
        Hierarchy.from_pairs([("a", "b"), ("b", "c"), ("c", "b"), ("c", "d")])
    with pytest.raises(DataError, match="'a' is a kind of 'a'"):
        Hierarchy.from_pairs([("a", "a")])


def test_parts_must_fit() -> None:
    with pytest.raises(DataError, match=r"parents must be 2 × 2 labels, but got \(2, 3\)"):
        Hierarchy(Vocabulary("ab"), csr_array((2, 3)))
    with pytest.raises(DataError, match="names must be 2, one a label, but got 1"):
        Hierarchy(Vocabulary("ab"), csr_array((2, 2)), ["x"])
    with pytest.raises(DataError, match="non-empty"):
        Hierarchy.from_pairs([("", "a")])


def test_parents_that_are_stored_twice_or_as_zero_count_once_or_not() -> None:
    twice = csr_array(([1.0, 1.0, 0.0], [1, 1, 0], [0, 2, 3]), shape=(2, 2))
    kinds = Hierarchy(Vocabulary("ab"), twice)
    assert kinds.parents.toarray().tolist() == [[0, 1], [0, 0]]
    assert kinds.depths.tolist() == [1, 0]


def test_labels_are_found_by_code_name_or_first_synonym() -> None:
    codes = Hierarchy.from_pairs(
        [("n1", None), ("n2", "n1"), ("n3", "n1"), ("n4", "n1")],
        {"n1": "object, physical object", "n2": "Crane", "n3": "crane", "n4": "dog"},
    )
    wanted = ["N2", "object", "Object, Physical object", "crane", " Dog", "cat"]
    assert codes.find(wanted).tolist() == [1, 0, 0, -1, 3, -1]
    assert codes.find([]).dtype == np.int64


def test_a_tag_implies_its_ancestors() -> None:
    tags = csr_array(np.array([[0.3, 0, 0, 1, 0, 0], [0, 0, 0, 0, 0, 0], [0, 0, 0, 0, 2, 1]]))
    implied = KINDS.with_ancestors(tags)
    assert implied.toarray().tolist() == [
        [1, 1, 1, 1, 0, 0],
        [0, 0, 0, 0, 0, 0],
        [0, 0, 0, 1, 1, 1],
    ]
    assert implied.dtype == np.float32
    assert tags.data.tolist() == [0.3, 1, 2, 1]
